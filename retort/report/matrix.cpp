#include "retort/report/matrix.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "retort/report/escape.hpp"
#include "retort/report/svg.hpp"

namespace retort {
namespace {

constexpr size_t most_numbered = 20;  // classes; beyond, a cell has no room for its number
constexpr size_t levels = 8;          // of shade
constexpr size_t longest_label = 12;  // characters

// Sizes in the units of the drawing.
struct Layout {
  double cell = 0, left = 0, top = 0;
  bool slanted = false;  // the labels on top
};

Layout layout_of(const std::vector<std::string>& classes) {
  if (classes.size() > most_numbered)
    return {.cell = 320.0 / static_cast<double>(classes.size()), .left = 2, .top = 18};
  size_t longest = 1;
  for (const std::string& name : classes) {
    longest = std::max(longest, std::min(longest_label, name.size()));
  }
  const bool slanted = longest > 3;
  const double room = 7.0 * static_cast<double>(longest);
  return {.cell = 30, .left = 26 + room, .top = slanted ? 26 + 0.8 * room : 36, .slanted = slanted};
}

void draw_shades(const Matrix& matrix, const Layout& layout, double darkest, Svg& svg) {
  std::array<std::string, levels> shades;
  for (const MatrixCell& cell : matrix.cells) {
    if (!(cell.strength > 0)) continue;
    const auto level = static_cast<size_t>(std::ceil(std::min(1.0, cell.strength) * levels)) - 1;
    const std::string side = coordinate(layout.cell);
    shades[level] += fmt::format(
        "M{} {}h{}v{}h-{}z",
        coordinate(layout.left + layout.cell * static_cast<double>(cell.column)),
        coordinate(layout.top + layout.cell * static_cast<double>(cell.row)), side, side, side);
  }
  for (size_t level = 0; level < levels; ++level) {
    if (shades[level].empty()) continue;
    svg.path(shades[level], fmt::format("area {}", matrix.colour),
             darkest * static_cast<double>(level + 1) / static_cast<double>(levels));
  }
}

void draw_labels(const Matrix& matrix, const Layout& layout, Svg& svg) {
  for (size_t label = 0; label < matrix.classes.size(); ++label) {
    const double middle = layout.cell * (static_cast<double>(label) + 0.5);
    const std::string name = shortened(matrix.classes[label], longest_label);
    svg.text(layout.left - 6, layout.top + middle + 4, Anchor::end, name);
    if (layout.slanted) {
      svg.slanted_text(layout.left + middle, layout.top - 6, name);
    } else {
      svg.text(layout.left + middle, layout.top - 6, Anchor::middle, name);
    }
  }
}

void draw_numbers(const Matrix& matrix, const Layout& layout, Svg& svg) {
  for (const MatrixCell& cell : matrix.cells) {
    if (cell.number.empty()) continue;
    svg.text(layout.left + layout.cell * (static_cast<double>(cell.column) + 0.5),
             layout.top + layout.cell * (static_cast<double>(cell.row) + 0.5) + 4, Anchor::middle,
             cell.number, cell.is_minor ? "right" : "");
  }
}

}  // namespace

std::string matrix_html(const Matrix& matrix) {
  const auto classes = static_cast<double>(matrix.classes.size());
  const bool numbered = matrix.classes.size() <= most_numbered;
  const Layout layout = layout_of(matrix.classes);
  const double side = layout.cell * classes;
  // Slanted labels reach beyond the last column.
  const double width = layout.left + side + (layout.slanted ? 40 : 4);
  Svg svg(width, layout.top + side + 4, matrix.label);
  svg.rectangle(layout.left, layout.top, side, side, "frame");
  // Numbers have to be readable on the darkest shade.
  draw_shades(matrix, layout, numbered ? 0.55 : 1, svg);
  if (numbered) {
    draw_labels(matrix, layout, svg);
    draw_numbers(matrix, layout, svg);
    svg.text(0, layout.top - 4, Anchor::start, matrix.rows + " ↓", "axis");
    svg.text(layout.left, 11, Anchor::start, matrix.columns + " →", "axis");
  } else {
    svg.line(layout.left, layout.top, layout.left + side, layout.top + side, "grid");
    svg.text(layout.left, 11, Anchor::start, fmt::format("{} ↓  {} →", matrix.rows, matrix.columns),
             "axis");
  }
  return fmt::format(
      "<figure class=\"matrix\"><figcaption>{}</figcaption><div class=\"wide\" role=\"region\" "
      "aria-label=\"{}\" tabindex=\"0\">{}</div></figure>",
      matrix.caption, escaped(matrix.label), svg.html(numbered ? 0.9 * width : 0));
}

}  // namespace retort
