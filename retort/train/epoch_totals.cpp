#include "retort/train/epoch_totals.hpp"

#include <fmt/format.h>

#include "retort/base/error.hpp"

namespace retort {

void EpochTotals::add(const Breakdown& breakdown) {
  for (size_t i = 0; i < totals_.size(); ++i) {
    totals_[i].sum += breakdown.terms[i].sum;
    totals_[i].count += breakdown.terms[i].count;
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
    values.push_back({term.name, raw, term.weight * raw});
  }
  return values;
}

double EpochTotals::loss() const {
  double sum = 0;
  for (const TermValue& term : terms()) sum += term.weighted;
  return sum;
}

std::vector<std::string> EpochTotals::silent_terms() const {
  std::vector<std::string> lines;
  for (size_t i = 0; i < totals_.size(); ++i) {
    const Term& term = objective_.terms()[i];
    if (totals_[i].count == 0) {
      lines.push_back(fmt::format("term '{}' found no sample with a label", term.name));
    } else if (totals_[i].sum == 0) {
      lines.push_back(
          fmt::format("term '{}' is exactly 0: it teaches nothing; do '{}' say the same?",
                      term.name, join(term.reads, "' and '")));
    } else if (term.weight == 0) {
      lines.push_back(fmt::format("term '{}' has weight 0: it teaches nothing", term.name));
    }
  }
  return lines;
}

}  // namespace retort
