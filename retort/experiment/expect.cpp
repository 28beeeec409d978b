#include "retort/experiment/expect.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "retort/base/error.hpp"
#include "retort/result/figures.hpp"

namespace retort {

void ExpectSettings::describe(FieldVisitor& visitor) {
  visitor.visit(
      {.name = "number",
       .help = "what is looked at, MODEL.FIGURE, or a sum or quotient of such: "
               "\"student.errors / twin.errors\"; left out where it is the twin's and none is "
               "trained",
       .required = true},
      number);
  visitor.visit({.name = "least", .help = "the least it may be"}, least);
  visitor.visit({.name = "most", .help = "the most it may be"}, most);
  visitor.visit({.name = "source", .help = "where the band comes from", .required = true}, source);
}

void check_expectation(const ExpectSettings& expectation, const std::vector<std::string>& models,
                       const std::vector<std::string>& classes,
                       const std::vector<std::pair<std::string, std::string>>& others) {
  RunResult example{.classes = classes};
  for (const std::string& name : models) {
    example.models.push_back({.name = name});
    for (const auto& [model, other] : others) {
      if (model == name) example.models.back().others.emplace_back(other, Scores());
    }
  }
  for (const NumberName& name : Expression(expectation.number).names()) figure(example, name.name);
  if (std::isinf(expectation.least) && std::isinf(expectation.most)) {
    throw Error(ExitCode::usage, "wanted a least or a most, or both");
  }
  if (!(expectation.least <= expectation.most)) {
    throw Error(ExitCode::usage, fmt::format("wanted least <= most, got {} and {}",
                                             expectation.least, expectation.most));
  }
}

bool has_choice(const Expression& expression) {
  const std::vector<NumberName> names = expression.names();
  return std::any_of(names.begin(), names.end(),
                     [](const NumberName& name) { return name.has_choice; });
}

Verdict verdict_of(const ExpectSettings& expected, double value) {
  return {.number = expected.number,
          .cell = {},
          .value = value,
          .least = expected.least,
          .most = expected.most,
          .source = expected.source};
}

std::vector<Verdict> verdicts_of(const std::vector<ExpectSettings>& expectations,
                                 const RunResult& result) {
  std::vector<Verdict> verdicts;
  for (const ExpectSettings& expected : expectations) {
    const Expression expression(expected.number);
    if (has_choice(expression)) continue;
    verdicts.push_back(verdict_of(expected, expression.value([&](const NumberName& name) {
      return figure(result, name.name);
    })));
  }
  return verdicts;
}

std::string verdict_text(const Verdict& verdict) {
  const std::string cell = verdict.cell.empty() ? "" : verdict.cell + ": ";
  return fmt::format("{}{} is {:.6g}, wanted {} ({})", cell, printable(verdict.number),
                     verdict.value, band_text(verdict), printable(verdict.source));
}

void check_verdicts(const std::vector<Verdict>& verdicts) {
  std::vector<std::string> outside;
  for (const Verdict& verdict : verdicts) {
    if (!verdict.holds()) outside.push_back(verdict_text(verdict));
  }
  if (outside.empty()) return;
  throw Error(ExitCode::verification,
              fmt::format("{} of {} numbers outside their bands: {}", outside.size(),
                          verdicts.size(), join(outside, "; ")));
}

}  // namespace retort
