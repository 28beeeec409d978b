#include "retort/report/label_budget.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <optional>

#include "retort/report/number_words.hpp"

namespace retort {
namespace {

constexpr const char* labels_field = "data.labelled";

struct Budget {
  int64_t labels = 0;
  double student = 0, twin = 0;  // mean errors
  Spread difference;
};

std::optional<double> mean_errors(const SweepRow& row, std::string_view model) {
  for (const auto& [name, errors] : row.errors) {
    if (name == model && errors.count == row.cells) return errors.mean;
  }
  return std::nullopt;
}

// By falling number of labels: rising errors. Empty where something else was varied too.
std::vector<Budget> budgets_of(const SweepResult& sweep) {
  std::vector<Budget> budgets;
  for (const SweepRow& row : sweep.rows) {
    const auto student = mean_errors(row, "student"), twin = mean_errors(row, "twin");
    if (row.values.size() != 1 || row.values[0].first != labels_field || !student || !twin) {
      return {};
    }
    const std::string& text = row.values[0].second;
    int64_t labels = 0;
    std::from_chars(text.data(), text.data() + text.size(), labels);
    if (labels < 1) return {};
    budgets.push_back({labels, *student, *twin, row.difference});
  }
  std::sort(budgets.begin(), budgets.end(),
            [](const Budget& a, const Budget& b) { return a.labels > b.labels; });
  return budgets;
}

// Labels with which the twin makes as few errors, by the fewest that were enough; none where it
// never does.
std::optional<double> labels_for(double errors, const std::vector<Budget>& budgets) {
  for (size_t i = budgets.size(); i-- > 0;) {
    const Budget& enough = budgets[i];
    if (enough.twin > errors) continue;
    if (i + 1 == budgets.size()) return static_cast<double>(enough.labels);
    const Budget& fewer = budgets[i + 1];
    const double share = (fewer.twin - errors) / (fewer.twin - enough.twin);
    const double few = std::log(static_cast<double>(fewer.labels));
    return std::exp(few + share * (std::log(static_cast<double>(enough.labels)) - few));
  }
  return std::nullopt;
}

std::string rounded(double labels) {
  const double unit = std::pow(10, std::floor(std::log10(labels)) - 1);  // two digits
  return thousands(static_cast<int64_t>(std::round(std::round(labels / unit) * unit)));
}

std::string sentence_of(const Budget& budget, const std::vector<Budget>& budgets) {
  const std::string start =
      fmt::format("With {} labels the student makes {:.0f} errors, labels alone {:.0f}",
                  thousands(budget.labels), budget.student, budget.twin);
  const Spread& difference = budget.difference;
  if (difference.count > 1 && difference.low <= 0 && difference.high >= 0) {
    return start + ": level, chance may explain the difference.";
  }
  if (budget.student > budget.twin) return start + ": distillation does not help there.";
  const std::string doubt = difference.count > 1 ? "" : " (one seed)";
  const std::optional<double> equal = labels_for(budget.student, budgets);
  if (!equal) {
    return fmt::format(
        "{}: as few as labels alone reach with none of the numbers tried, up to {}{}.", start,
        thousands(budgets.front().labels), doubt);
  }
  return fmt::format("{}: distillation with {} labels equals about {} without{}.", start,
                     thousands(budget.labels), rounded(*equal), doubt);
}

}  // namespace

std::vector<std::string> label_budget_sentences(const SweepResult& sweep) {
  const std::vector<Budget> budgets = budgets_of(sweep);
  std::vector<std::string> sentences;
  if (budgets.size() < 2) return sentences;
  for (auto budget = budgets.rbegin(); budget != budgets.rend(); ++budget) {
    sentences.push_back(sentence_of(*budget, budgets));
  }
  return sentences;
}

}  // namespace retort
