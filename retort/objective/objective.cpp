#include "retort/objective/objective.hpp"

#include <ATen/TensorOperators.h>
#include <fmt/format.h>

#include <algorithm>
#include <cassert>
#include <cmath>

#include "retort/base/error.hpp"

namespace retort {
namespace {

// Without the sign that a NaN may have.
std::string number_text(double value) {
  return std::isnan(value) ? "nan" : fmt::format("{:.3g}", value);
}

[[noreturn]] void fail(const Term& term, double value, const NamedTensors& values) {
  std::vector<std::string> largest;
  for (const std::string& name : term.reads) {
    const Tensor& tensor = values.at(name);
    if (!tensor.is_floating_point()) continue;
    largest.push_back(name + " " + number_text(tensor.abs().max().item<double>()));
  }
  throw Error(ExitCode::numeric,
              fmt::format("term '{}' is {}; largest absolute value: {}; a lower learning rate, a "
                          "longer warm-up or clip_gradient may help",
                          term.name, number_text(value), join(largest)));
}

}  // namespace

Names Objective::reads() const {
  Names names;
  for (const Term& term : terms_) {
    for (const std::string& name : term.reads) {
      if (std::find(names.begin(), names.end(), name) == names.end()) names.push_back(name);
    }
  }
  return names;
}

std::vector<double> Objective::counts(const NamedTensors& targets, int64_t samples) const {
  std::vector<double> result;
  for (const Term& term : terms_) result.push_back(term.count(targets, samples));
  return result;
}

Breakdown Objective::evaluate(const NamedTensors& values,
                              const std::vector<double>& divisors) const {
  assert(divisors.empty() || divisors.size() == terms_.size());
  Breakdown result;
  for (size_t i = 0; i < terms_.size(); ++i) {
    const Term& term = terms_[i];
    const LossSum loss = term.evaluate(values);
    const TermResult term_result{loss.sum.item<double>(), loss.count, loss.kept};
    if (!std::isfinite(term_result.sum)) fail(term, term_result.sum, values);
    result.terms.push_back(term_result);
    const double divisor = divisors.empty() ? loss.count : divisors[i];
    result.weighted.push_back(loss.sum * (divisor > 0 ? term.weight / divisor : 0));
    result.total = i == 0 ? result.weighted[0] : result.total + result.weighted[i];
  }
  return result;
}

}  // namespace retort
