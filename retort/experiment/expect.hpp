#pragma once

#include <limits>
#include <string>
#include <vector>

#include "retort/config/expression.hpp"
#include "retort/config/field.hpp"
#include "retort/result/run_result.hpp"

namespace retort {

/// `[[expect]]`: a band that a number of the run is expected in, and where the band comes from.
struct ExpectSettings {
  std::string number;  // an Expression over figures
  double least = -std::numeric_limits<double>::infinity();
  double most = std::numeric_limits<double>::infinity();
  std::string source;
  void describe(FieldVisitor& visitor);
};

/// Throws Error (usage) for a band that holds anything or nothing, and for a number that a run with
/// these models and classes does not have. others: on which other test images each model is
/// measured, (model, data set).
void check_expectation(const ExpectSettings& expectation, const std::vector<std::string>& models,
                       const std::vector<std::string>& classes,
                       const std::vector<std::pair<std::string, std::string>>& others = {});

/// Whether an expected number is one of a sweep as a whole: its names choose cells.
bool has_choice(const Expression& expression);

Verdict verdict_of(const ExpectSettings& expected, double value);

/// Each expected number of a run beside its band; those of a sweep as a whole are left out.
std::vector<Verdict> verdicts_of(const std::vector<ExpectSettings>& expectations,
                                 const RunResult& result);

/// "student.errors is 120, wanted at most 110 (paper: 74)": a verdict that does not hold.
std::string verdict_text(const Verdict& verdict);

/// Throws Error (verification) that lists every verdict that does not hold.
void check_verdicts(const std::vector<Verdict>& verdicts);

}  // namespace retort
