#include <fmt/format.h>

#include <algorithm>
#include <numeric>

#include "retort/base/error.hpp"
#include "retort/report/bars.hpp"
#include "retort/report/escape.hpp"
#include "retort/report/number_words.hpp"
#include "retort/report/page_models.hpp"
#include "retort/report/sections.hpp"

namespace retort {
namespace {

// Test samples of a class: a row of the confusion matrix.
int64_t samples_of(const Scores& scores, size_t label) {
  if (label >= scores.confusion.size()) return 0;
  const std::vector<int64_t>& row = scores.confusion[label];
  return std::accumulate(row.begin(), row.end(), int64_t{0});
}

double error_share(const ModelResult& model, size_t label) {
  return label < model.test.class_accuracy.size() ? 1 - model.test.class_accuracy[label] : 0;
}

int64_t errors_of(const Scores& scores, size_t label) {
  if (label >= scores.confusion.size() || label >= scores.confusion[label].size()) return 0;
  return samples_of(scores, label) - scores.confusion[label][label];
}

// "4 (12 fewer), 9 (3 fewer)": the classes whose errors changed most in one direction.
std::string changes_words(const RunResult& result,
                          const std::vector<std::pair<int64_t, size_t>>& changes,
                          const char* direction) {
  constexpr size_t most = 5;
  std::vector<std::string> words;
  for (const auto& [change, label] : changes) {
    if (words.size() == most) break;
    words.push_back(fmt::format("{} ({} {})", name_html(class_name(result, label)),
                                thousands(change), direction));
  }
  if (changes.size() > most) words.push_back(fmt::format("{} more", changes.size() - most));
  return join(words);
}

// Which classes the student wins and loses against its twin.
std::string won_and_lost_html(const RunResult& result) {
  const ModelResult* student = first_with_role(result, "student");
  const ModelResult* twin = first_with_role(result, "twin");
  if (student == nullptr || twin == nullptr) return "";
  std::vector<std::pair<int64_t, size_t>> won, lost;
  for (size_t label = 0; label < student->test.confusion.size(); ++label) {
    const int64_t change = errors_of(student->test, label) - errors_of(twin->test, label);
    if (change < 0) won.emplace_back(-change, label);
    if (change > 0) lost.emplace_back(change, label);
  }
  const auto falling = [](const auto& a, const auto& b) { return a.first > b.first; };
  std::stable_sort(won.begin(), won.end(), falling);
  std::stable_sort(lost.begin(), lost.end(), falling);
  if (won.empty() && lost.empty()) return "";
  std::vector<std::string> parts;
  if (!won.empty()) parts.push_back("it wins " + changes_words(result, won, "fewer errors"));
  if (!lost.empty()) parts.push_back("it loses " + changes_words(result, lost, "more"));
  return fmt::format("<p>Classes of the student against its twin: {}.</p>", join(parts, "; "));
}

}  // namespace

std::string class_errors_html(const RunResult& result) {
  constexpr size_t most_classes = 20;
  Models models = measured_models(result);
  std::erase_if(models,
                [](const ModelResult* model) { return model->test.class_accuracy.empty(); });
  if (models.empty()) return "";
  const ModelResult& leader = *models.front();
  std::vector<size_t> labels;
  for (size_t label = 0; label < leader.test.class_accuracy.size(); ++label) {
    if (samples_of(leader.test, label) > 0) labels.push_back(label);
  }
  if (labels.empty()) return "";
  const size_t all = labels.size();
  if (all > most_classes) {
    std::stable_sort(labels.begin(), labels.end(), [&](size_t a, size_t b) {
      return error_share(leader, a) > error_share(leader, b);
    });
    labels.resize(most_classes);
  }
  std::vector<BarGroup> groups;
  for (const size_t label : labels) {
    BarGroup group{.name = class_name(result, label), .bars = {}};
    for (const ModelResult* model : models) {
      const double share = error_share(*model, label);
      group.bars.push_back({.model = model, .value = share, .number = percent(share, 1)});
    }
    groups.push_back(std::move(group));
  }
  const std::string which = all > most_classes
                                ? fmt::format(" The {} of {} classes that the {} gets wrong most.",
                                              most_classes, all, role_class(leader.role))
                                : "";
  return fmt::format(
      "{}<p class=\"note\">Share of each class’s test images that are answered wrongly: 100 % less "
      "the accuracy. Shorter is better.{}</p>{}{}",
      won_and_lost_html(result), which, legend_html(models), bars_html(groups));
}

}  // namespace retort
