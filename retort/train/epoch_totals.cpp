#include "retort/train/epoch_totals.hpp"

#include <ATen/ops/empty.h>
#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "retort/base/error.hpp"

namespace retort {

void EpochTotals::add(const Breakdown& breakdown) {
  for (size_t i = 0; i < totals_.size(); ++i) {
    totals_[i].sum += breakdown.terms[i].sum;
    totals_[i].count += breakdown.terms[i].count;
    if (breakdown.terms[i].kept < 0) continue;
    totals_[i].kept = std::max(totals_[i].kept, 0.0) + breakdown.terms[i].kept;
  }
}

void EpochTotals::clear() {
  totals_.assign(objective_.terms().size(), {});
}

std::vector<TermValue> EpochTotals::terms() const {
  std::vector<TermValue> values;
  for (size_t i = 0; i < totals_.size(); ++i) {
    const Term& term = objective_.terms()[i];
    const double raw = totals_[i].mean();
    const bool leaves_out = totals_[i].kept >= 0 && totals_[i].count > 0;
    values.push_back({.name = term.name,
                      .raw = raw,
                      .weighted = term.weight * raw,
                      .kept = leaves_out ? totals_[i].kept / totals_[i].count : -1});
  }
  return values;
}

double EpochTotals::loss() const {
  double sum = 0;
  for (const TermValue& term : terms()) sum += term.weighted;
  return sum;
}

std::vector<std::string> EpochTotals::silent_terms() const {
  constexpr double nothing = 1e-10;  // what rounding leaves of a teacher that says the same
  std::vector<std::string> lines;
  for (size_t i = 0; i < totals_.size(); ++i) {
    const Term& term = objective_.terms()[i];
    if (totals_[i].count == 0) {
      lines.push_back(fmt::format("term '{}' found no sample with a label", term.name));
    } else if (totals_[i].kept == 0) {
      lines.push_back(
          fmt::format("term '{}' is 0: not one answer was as sure as its confidence "
                      "wants; it teaches nothing",
                      term.name));
    } else if (std::abs(totals_[i].mean()) < nothing) {
      lines.push_back(fmt::format("term '{}' is 0: it teaches nothing; do '{}' say the same?",
                                  term.name, join(term.reads, "' and '")));
    } else if (term.weight == 0) {
      lines.push_back(fmt::format("term '{}' has weight 0: it teaches nothing", term.name));
    }
  }
  return lines;
}

NamedTensors EpochTotals::state() const {
  const auto terms = static_cast<int64_t>(totals_.size());
  const Tensor sums = at::empty({terms}, at::kDouble);
  const Tensor counts = at::empty({terms}, at::kDouble);
  const Tensor kept = at::empty({terms}, at::kDouble);
  for (size_t i = 0; i < totals_.size(); ++i) {
    sums.mutable_data_ptr<double>()[i] = totals_[i].sum;
    counts.mutable_data_ptr<double>()[i] = totals_[i].count;
    kept.mutable_data_ptr<double>()[i] = totals_[i].kept;
  }
  return {{"sums", sums}, {"counts", counts}, {"kept", kept}};
}

void EpochTotals::load_state(const NamedTensors& state) {
  const NamedTensors copy = this->state();
  copy_values(state, copy);
  for (size_t i = 0; i < totals_.size(); ++i) {
    totals_[i].sum = copy.at("sums").const_data_ptr<double>()[i];
    totals_[i].count = copy.at("counts").const_data_ptr<double>()[i];
    totals_[i].kept = copy.at("kept").const_data_ptr<double>()[i];
  }
}

}  // namespace retort
