#pragma once

#include <string>
#include <vector>

#include "retort/evaluate/soft_targets.hpp"
#include "retort/experiment/plan.hpp"
#include "retort/result/progress.hpp"

namespace retort {

/// What is asked of the soft targets of a model, for `retort targets`.
struct TargetOptions {
  Split split = Split::test;
  std::vector<double> temperatures = {1, 2, 4, 8, 20};  // 1 is always among them
  std::vector<int64_t> images;                          // to show; empty: a typical one
  std::string class_name;                               // whose telling pair; empty: of all
};

/// The soft targets of a predictor on a data set. A temperature that comes alone is the chosen one.
/// Throws Error (usage) for a temperature outside (0, 1e6] or a class that is not there, Error
/// (data) for an image that is not there.
SoftTargets soft_targets_of_model(const std::string& name, const Predictor& model,
                                  const Dataset& images, const TargetOptions& options);

/// Adds the soft targets of a teacher on the test images to the result, when a term of the student
/// reads its logits, and warns when a term's temperature leaves nothing to learn.
void examine_soft_targets(const PlannedModel& teacher, const Answers& test, const Plan& plan,
                          RunResult& result, Progress& progress);

}  // namespace retort
