#include "retort/report/row_dots.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "retort/report/axis.hpp"
#include "retort/report/escape.hpp"
#include "retort/report/number_words.hpp"
#include "retort/report/page_models.hpp"
#include "retort/report/svg.hpp"
#include "retort/report/sweep_plots.hpp"

namespace retort {
namespace {

constexpr double width = 360, left = 8, right = 350, name_height = 22, lane_height = 10;
constexpr size_t most_rows = 20;

// What one role has in a row, drawn on a line of its own.
struct Lane {
  std::string_view role;
  std::vector<Spread> means;  // of each model
  std::vector<int64_t> cells;
};

struct DotRow {
  std::string name;
  std::vector<Lane> lanes;
};

DotRow dot_row(const SweepResult& sweep, const SweepRow& row) {
  DotRow dots{.name = row.values.empty() ? counted(row.cells, "seed", "seeds")
                                         : values_words(sweep, row.values),
              .lanes = {}};
  std::vector<CellModel> models;
  for (const CellResult& cell : sweep.cells) {
    auto values = cell.values;
    std::erase_if(values, [](const auto& value) { return value.first == "seed"; });
    if (cell.status != "done" || values != row.values) continue;
    models.insert(models.end(), cell.models.begin(), cell.models.end());
  }
  for (const std::string_view role : page_roles) {
    Lane lane{.role = role, .means = {}, .cells = {}};
    for (const CellModel& model : models) {
      if (role_class(model.role) == role) lane.cells.push_back(model.errors);
    }
    for (const auto& [name, errors] : row.errors) {
      const auto model = std::find_if(models.begin(), models.end(), [&, key = name](const auto& m) {
        return m.name == key && role_class(m.role) == role;
      });
      if (model != models.end()) lane.means.push_back(errors);
    }
    if (!lane.cells.empty()) dots.lanes.push_back(std::move(lane));
  }
  return dots;
}

// Holds all cells; intervals of few seeds may reach beyond all reason and are cut off.
Axis axis_of(const std::vector<DotRow>& rows) {
  double low = HUGE_VAL, high = -HUGE_VAL;
  for (const DotRow& row : rows) {
    for (const Lane& lane : row.lanes) {
      const auto [least, most] = std::minmax_element(lane.cells.begin(), lane.cells.end());
      low = std::min(low, static_cast<double>(*least));
      high = std::max(high, static_cast<double>(*most));
    }
  }
  const double room = 0.1 * (high - low);
  return round_axis(std::max(0.0, low - room), high + room, left, right);
}

void draw(const Lane& lane, const Axis& axis, double y, Svg& svg) {
  const auto x = [&](double errors) { return axis.at(std::clamp(errors, axis.low, axis.high)); };
  for (const int64_t errors : lane.cells) {
    svg.circle(x(static_cast<double>(errors)), y, 2.5, fmt::format("dot seed {}", lane.role),
               thousands(errors));
  }
  for (const Spread& errors : lane.means) {
    if (errors.count < 2) continue;
    svg.line(x(errors.low), y, x(errors.high), y, fmt::format("gap {}", lane.role));
    svg.line(x(errors.mean), y - 4, x(errors.mean), y + 4, fmt::format("gap {}", lane.role));
  }
}

std::string drawing_html(const std::vector<DotRow>& rows) {
  const Axis axis = axis_of(rows);
  double bottom = 0;
  for (const DotRow& row : rows) {
    bottom += name_height + lane_height * static_cast<double>(row.lanes.size());
  }
  Svg svg(width, bottom + 40, "errors of every row");
  for (const double tick : axis.ticks) {
    svg.text(axis.at(tick), bottom + 17, Anchor::middle,
             thousands(static_cast<int64_t>(std::lround(tick))));
  }
  svg.text((left + right) / 2, bottom + 34, Anchor::middle, "errors", "axis");
  double y = 0;
  for (const DotRow& row : rows) {
    svg.text(left, y + 15, Anchor::start, shortened(row.name, 56));
    y += name_height;
    const double end = y + lane_height * static_cast<double>(row.lanes.size());
    for (const double tick : axis.ticks) svg.line(axis.at(tick), y, axis.at(tick), end, "grid");
    for (const Lane& lane : row.lanes) {
      draw(lane, axis, y + lane_height / 2, svg);
      y += lane_height;
    }
  }
  return fmt::format("<div class=\"panels\"><figure>{}</figure></div>", svg.html());
}

std::string legend_of(const std::vector<DotRow>& rows) {
  std::string items;
  for (const std::string_view role : page_roles) {
    const bool any = std::any_of(rows.begin(), rows.end(), [&](const DotRow& row) {
      return std::any_of(row.lanes.begin(), row.lanes.end(),
                         [&](const Lane& lane) { return lane.role == role; });
    });
    if (any) items += legend_item_html(fmt::format("{} whole", role), role);
  }
  return fmt::format("<ul class=\"legend\">{}</ul>", items);
}

}  // namespace

std::string row_dots_html(const SweepResult& sweep) {
  std::vector<DotRow> rows;
  for (const SweepRow& row : sweep.rows) {
    rows.push_back(dot_row(sweep, row));
    if (rows.back().lanes.empty()) rows.pop_back();
  }
  if (rows.empty()) return "";
  const size_t left_out = rows.size() - std::min(rows.size(), most_rows);
  rows.resize(rows.size() - left_out);
  return legend_of(rows) + drawing_html(rows) +
         fmt::format(
             "<p class=\"note\">A dot is a model of a cell, an upright stroke the mean over the "
             "seeds, the line through it the mean’s 95 % interval (Student’s t).{}</p>",
             left_out == 0 ? ""
                           : fmt::format(" {} left out; their numbers stand in the table.",
                                         counted(static_cast<int64_t>(left_out), "more row is",
                                                 "more rows are")));
}

}  // namespace retort
