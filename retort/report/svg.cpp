#include "retort/report/svg.hpp"

#include <fmt/format.h>

#include <cmath>

#include "retort/report/escape.hpp"

namespace retort {

std::string coordinate(double value) {
  if (!std::isfinite(value)) return "0";
  std::string digits = fmt::format("{:.2f}", value);
  digits.erase(digits.find_last_not_of('0') + 1);
  if (digits.back() == '.') digits.pop_back();
  return digits == "-0" ? "0" : digits;
}

Svg::Svg(double width, double height, std::string_view label)
    : width_(width), height_(height), label_(label) {}

void Svg::line(double x1, double y1, double x2, double y2, std::string_view classes) {
  shapes_ += fmt::format(R"(<line class="{}" x1="{}" y1="{}" x2="{}" y2="{}"/>)", classes,
                         coordinate(x1), coordinate(y1), coordinate(x2), coordinate(y2));
}

void Svg::rectangle(double x, double y, double width, double height, std::string_view classes) {
  shapes_ += fmt::format(R"(<rect class="{}" x="{}" y="{}" width="{}" height="{}"/>)", classes,
                         coordinate(x), coordinate(y), coordinate(width), coordinate(height));
}

void Svg::circle(double x, double y, double radius, std::string_view classes,
                 std::string_view title) {
  shapes_ += fmt::format(R"(<circle class="{}" cx="{}" cy="{}" r="{}">)", classes, coordinate(x),
                         coordinate(y), coordinate(radius));
  if (!title.empty()) shapes_ += fmt::format("<title>{}</title>", escaped(title));
  shapes_ += "</circle>";
}

void Svg::path(std::string_view steps, std::string_view classes, double opacity) {
  shapes_ +=
      fmt::format(R"(<path class="{}" opacity="{}" d="{}"/>)", classes, coordinate(opacity), steps);
}

void Svg::text(double x, double y, Anchor anchor, std::string_view text, std::string_view classes) {
  const std::string_view at = anchor == Anchor::start    ? "start"
                              : anchor == Anchor::middle ? "middle"
                                                         : "end";
  shapes_ += fmt::format(R"(<text class="{}" x="{}" y="{}" text-anchor="{}">{}</text>)", classes,
                         coordinate(x), coordinate(y), at, escaped(text));
}

void Svg::slanted_text(double x, double y, std::string_view text, std::string_view classes) {
  shapes_ +=
      fmt::format(R"svg(<text class="{0}" x="{1}" y="{2}" transform="rotate(-50 {1} {2})">)svg",
                  classes, coordinate(x), coordinate(y));
  shapes_ += escaped(text) + "</text>";
}

std::string Svg::html(double least_width) const {
  const std::string least =
      least_width > 0 ? fmt::format(R"( style="min-width:{}px")", coordinate(least_width)) : "";
  return fmt::format(R"(<svg viewBox="0 0 {} {}" role="img" aria-label="{}"{}>{}</svg>)",
                     coordinate(width_), coordinate(height_), escaped(label_), least, shapes_);
}

}  // namespace retort
