#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "retort/report/bars.hpp"
#include "retort/report/number_words.hpp"
#include "retort/report/sections.hpp"

namespace retort {
namespace {

double other_seconds(const TimeSpent& time) {
  return std::max(0.0, time.total - time.data - time.teacher - time.forward - time.loss -
                           time.backward - time.optimiser - time.evaluation);
}

constexpr std::pair<const char*, double (*)(const TimeSpent&)> parts[] = {
    {"forward", [](const TimeSpent& time) { return time.forward; }},
    {"loss", [](const TimeSpent& time) { return time.loss; }},
    {"backward", [](const TimeSpent& time) { return time.backward; }},
    {"optimiser", [](const TimeSpent& time) { return time.optimiser; }},
    {"data", [](const TimeSpent& time) { return time.data; }},
    {"teacher", [](const TimeSpent& time) { return time.teacher; }},
    {"evaluation", [](const TimeSpent& time) { return time.evaluation; }},
    {"other", other_seconds},
};

}  // namespace

std::string time_html(const RunResult& result) {
  Models models = page_order(result);
  std::erase_if(models, [](const ModelResult* model) { return !(model->training.time.total > 0); });
  if (models.empty()) return "";
  std::vector<BarGroup> groups;
  for (const auto& [name, seconds] : parts) {
    BarGroup group{.name = name, .bars = {}};
    for (const ModelResult* model : models) {
      const double share = seconds(model->training.time) / model->training.time.total;
      group.bars.push_back({.model = model, .value = share, .number = percent(share, 1)});
    }
    groups.push_back(std::move(group));
  }
  return fmt::format(
      "<p class=\"note\">Share of each model’s training, wall clock. <em>Teacher</em> is the "
      "teacher’s own forward pass.</p>{}{}",
      legend_html(models), bars_html(groups));
}

}  // namespace retort
