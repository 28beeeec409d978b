#include "retort/report/bars.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "retort/report/escape.hpp"
#include "retort/report/svg.hpp"

namespace retort {
namespace {

double longest(const std::vector<BarGroup>& groups) {
  double value = 0;
  for (const BarGroup& group : groups) {
    for (const Bar& bar : group.bars) {
      if (std::isfinite(bar.value)) value = std::max(value, bar.value);
    }
  }
  return value;
}

std::string bar_html(const Bar& bar, double scale) {
  const double width = scale > 0 ? 100 * bar.value / scale : 0;
  return fmt::format(
      R"(<div class="bar {}"><svg viewBox="0 0 100 1" preserveAspectRatio="none" aria-hidden="true">)"
      R"(<rect width="{}" height="1"/></svg><span class="spoken">{} </span><span>{}</span></div>)",
      role_class(bar.model->role), coordinate(std::max(0.0, width)), name_html(bar.model->name),
      escaped(bar.number));
}

}  // namespace

std::string bars_html(const std::vector<BarGroup>& groups) {
  const double scale = longest(groups);
  std::string items;
  for (const BarGroup& group : groups) {
    std::string bars;
    for (const Bar& bar : group.bars) bars += bar_html(bar, scale);
    items += fmt::format(R"(<li><div class="of">{}</div><div>{}</div></li>)", name_html(group.name),
                         bars);
  }
  return fmt::format("<ul class=\"bars\">{}</ul>", items);
}

}  // namespace retort
