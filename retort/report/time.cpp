#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "retort/report/bars.hpp"
#include "retort/report/number_words.hpp"
#include "retort/report/sections.hpp"

namespace retort {

std::string time_html(const RunResult& result) {
  Models models = page_order(result);
  std::erase_if(models, [](const ModelResult* model) { return !(model->training.time.total > 0); });
  if (models.empty()) return "";
  std::vector<BarGroup> groups;
  const auto names = TimeSpent().parts();
  for (size_t i = 0; i < names.size(); ++i) {
    BarGroup group{.name = names[i].first, .bars = {}};
    for (const ModelResult* model : models) {
      const TimeSpent& time = model->training.time;
      const double share = time.parts()[i].second / time.total;
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
