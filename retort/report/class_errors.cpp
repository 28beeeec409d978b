#include <fmt/format.h>

#include <algorithm>
#include <numeric>

#include "retort/report/bars.hpp"
#include "retort/report/number_words.hpp"
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
      "<p class=\"note\">Share of each class’s test images that are answered wrongly: 100 % less "
      "the accuracy. Shorter is better.{}</p>{}{}",
      which, legend_html(models), bars_html(groups));
}

}  // namespace retort
