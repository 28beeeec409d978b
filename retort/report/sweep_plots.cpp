#include "retort/report/sweep_plots.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <optional>

#include "retort/report/axis.hpp"
#include "retort/report/escape.hpp"
#include "retort/report/number_words.hpp"
#include "retort/report/page_models.hpp"
#include "retort/report/svg.hpp"

namespace retort {
namespace {

constexpr double width = 360, height = 230, left = 46, right = 350, top = 12, bottom = 190;
constexpr size_t most_panels = 12;

using Values = std::vector<std::pair<std::string, std::string>>;

std::optional<double> number_in(const Values& values, const std::string& field) {
  for (const auto& [name, text] : values) {
    double number = 0;
    const char* end = text.data() + text.size();
    const auto [rest, error] = std::from_chars(text.data(), end, number);
    if (name == field && error == std::errc() && rest == end) return number;
  }
  return std::nullopt;
}

// The means of one model along a field.
struct Line {
  std::string_view model;  // student or twin: the class that colours it
  std::vector<std::pair<double, Spread>> means;
  std::vector<std::pair<double, double>> cells;
};

struct Panel {
  Values others;  // values of the other fields
  std::vector<Line> lines;
};

Values without(Values values, const std::string& field) {
  std::erase_if(values,
                [&](const auto& value) { return value.first == field || value.first == "seed"; });
  return values;
}

Panel& panel_of(std::vector<Panel>& panels, const Values& others) {
  const auto found = std::find_if(panels.begin(), panels.end(),
                                  [&](const Panel& panel) { return panel.others == others; });
  if (found != panels.end()) return *found;
  panels.push_back({others, {{"student", {}, {}}, {"twin", {}, {}}}});
  return panels.back();
}

std::vector<Panel> panels_of(const SweepResult& sweep, const std::string& field) {
  std::vector<Panel> panels;
  for (const SweepRow& row : sweep.rows) {
    const std::optional<double> at = number_in(row.values, field);
    if (!at) continue;
    for (Line& line : panel_of(panels, without(row.values, field)).lines) {
      for (const auto& [model, errors] : row.errors) {
        if (model == line.model) line.means.emplace_back(*at, errors);
      }
    }
  }
  for (const CellResult& cell : sweep.cells) {
    const std::optional<double> at = number_in(cell.values, field);
    if (!at || cell.status != "done") continue;
    for (Line& line : panel_of(panels, without(cell.values, field)).lines) {
      for (const CellModel& model : cell.models) {
        if (model.name == line.model) {
          line.cells.emplace_back(*at, static_cast<double>(model.errors));
        }
      }
    }
  }
  std::erase_if(panels, [](const Panel& panel) { return panel.lines[0].means.size() < 2; });
  for (Panel& panel : panels) {
    for (Line& line : panel.lines) {
      std::sort(line.means.begin(), line.means.end(),
                [](const auto& a, const auto& b) { return a.first < b.first; });
    }
  }
  return panels;
}

struct Scales {
  Axis fields, errors;
};

// The scale of the values ends at the first and the last of them. That of the errors holds all
// cells; intervals of few seeds may reach beyond all reason and are cut off.
Scales scales_of(const std::vector<Panel>& panels) {
  double first = HUGE_VAL, last = -HUGE_VAL, low = HUGE_VAL, high = -HUGE_VAL;
  for (const Panel& panel : panels) {
    for (const Line& line : panel.lines) {
      for (const auto& [at, errors] : line.cells) {
        first = std::min(first, at);
        last = std::max(last, at);
        low = std::min(low, errors);
        high = std::max(high, errors);
      }
    }
  }
  const double room = 0.1 * (high - low);
  constexpr double margin = 14;
  const bool logarithmic = first > 0 && last >= 10 * first;
  Axis fields = logarithmic ? logarithmic_axis(first, last, left + margin, right - margin)
                            : round_axis(first, last, left + margin, right - margin);
  fields.low = first;
  fields.high = last;
  std::erase_if(fields.ticks,
                [&](double tick) { return tick < first * (1 - 1e-9) || tick > last * (1 + 1e-9); });
  return {fields, round_axis(std::max(0.0, low - room), high + room, bottom, top)};
}

void draw(const Line& line, const Scales& scales, Svg& svg) {
  const auto y = [&](double errors) {
    return scales.errors.at(std::clamp(errors, scales.errors.low, scales.errors.high));
  };
  std::string steps;
  for (const auto& [at, errors] : line.means) {
    const double x = scales.fields.at(at);
    steps += fmt::format("{}{} {}", steps.empty() ? "M" : "L", coordinate(x),
                         coordinate(y(errors.mean)));
    if (std::isfinite(errors.low)) {
      svg.line(x, y(errors.low), x, y(errors.high), fmt::format("gap {}", line.model));
    }
  }
  svg.path(steps, fmt::format("curve {}", line.model));
  for (const auto& [at, errors] : line.cells) {
    svg.circle(scales.fields.at(at), y(errors), 2.5, fmt::format("dot seed {}", line.model),
               thousands(static_cast<int64_t>(errors)));
  }
}

std::string panel_html(const Panel& panel, const std::string& label, const std::string& caption,
                       const Scales& scales) {
  Svg svg(width, height, fmt::format("errors against {}", label));
  for (const double tick : scales.errors.ticks) {
    svg.line(left, scales.errors.at(tick), right, scales.errors.at(tick), "grid");
    svg.text(left - 6, scales.errors.at(tick) + 4, Anchor::end,
             thousands(static_cast<int64_t>(std::lround(tick))));
  }
  for (const double tick : scales.fields.ticks) {
    svg.text(scales.fields.at(tick), bottom + 17, Anchor::middle, significant(tick, 6));
  }
  svg.text((left + right) / 2, bottom + 34, Anchor::middle,
           shortened(label, 40) + (scales.fields.logarithmic ? ", logarithmic" : ""), "axis");
  for (auto line = panel.lines.rbegin(); line != panel.lines.rend(); ++line) {
    if (!line->means.empty()) draw(*line, scales, svg);
  }
  return fmt::format("<figure><figcaption>{}</figcaption>{}</figure>", caption, svg.html());
}

std::string caption_of(const SweepResult& sweep, const Panel& panel) {
  return panel.others.empty() ? "Errors" : name_html(values_words(sweep, panel.others), 120);
}

}  // namespace

std::string values_words(const SweepResult& sweep, const Values& values) {
  std::string words;
  for (const auto& [name, value] : values) {
    const auto field = std::find_if(sweep.fields.begin(), sweep.fields.end(),
                                    [&, key = name](const auto& one) { return one.field == key; });
    const std::string& label = field == sweep.fields.end() ? name : field->label;
    words += fmt::format("{}{} {}", words.empty() ? "" : ", ", shortened(label, 32),
                         shortened(value, 32));
  }
  return words;
}

std::string sweep_plots_html(const SweepResult& sweep) {
  std::string html;
  for (const SweptField& field : sweep.fields) {
    std::vector<Panel> panels = panels_of(sweep, field.field);
    if (field.field == "seed" || panels.empty()) continue;
    const size_t left_out = panels.size() - std::min(panels.size(), most_panels);
    panels.resize(panels.size() - left_out);
    const Scales scales = scales_of(panels);
    html += fmt::format("<h3>Errors against {}</h3><div class=\"panels\">", name_html(field.label));
    for (const Panel& panel : panels) {
      html += panel_html(panel, field.label, caption_of(sweep, panel), scales);
    }
    html += "</div>";
    if (left_out > 0) {
      html += fmt::format(
          "<p class=\"note\">{} more are left out; their numbers stand in the "
          "table.</p>",
          thousands(static_cast<int64_t>(left_out)));
    }
  }
  if (html.empty()) return "";
  ModelResult student{.name = "student", .role = "student"}, twin{.name = "twin", .role = "twin"};
  return legend_html({&student, &twin}) + html +
         "<p class=\"note\">A dot is a cell, the line runs through the means over the seeds, an "
         "upright line is the 95 % interval of a mean (Student’s t).</p>";
}

}  // namespace retort
