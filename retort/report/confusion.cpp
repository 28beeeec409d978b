#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "retort/report/escape.hpp"
#include "retort/report/number_words.hpp"
#include "retort/report/page_models.hpp"
#include "retort/report/sections.hpp"
#include "retort/report/svg.hpp"

namespace retort {
namespace {

constexpr size_t most_numbered = 20;  // classes; beyond, a cell has no room for its number
constexpr size_t levels = 8;          // of shade

struct Confusion {
  size_t label = 0, answer = 0;
  int64_t count = 0;
};

// Everything off the diagonal that happened.
std::vector<Confusion> confusions_of(const Scores& scores) {
  std::vector<Confusion> found;
  for (size_t label = 0; label < scores.confusion.size(); ++label) {
    const std::vector<int64_t>& row = scores.confusion[label];
    const size_t answers = std::min(row.size(), scores.confusion.size());
    for (size_t answer = 0; answer < answers; ++answer) {
      if (answer != label && row[answer] > 0) found.push_back({label, answer, row[answer]});
    }
  }
  return found;
}

// Sizes in a matrix of `classes` rows, in the units of its drawing.
struct Layout {
  double cell = 0, left = 0, top = 0;
  bool slanted = false;  // the labels on top
};

constexpr size_t longest_label = 12;  // characters

Layout layout_of(const RunResult& result, size_t classes) {
  if (classes > most_numbered)
    return {.cell = 320.0 / static_cast<double>(classes), .left = 2, .top = 18};
  size_t longest = 1;
  for (size_t i = 0; i < classes; ++i) {
    longest = std::max(longest, std::min(longest_label, class_name(result, i).size()));
  }
  const bool slanted = longest > 3;
  const double room = 7.0 * static_cast<double>(longest);
  return {.cell = 30, .left = 26 + room, .top = slanted ? 26 + 0.8 * room : 36, .slanted = slanted};
}

void draw_cells(const std::vector<Confusion>& confusions, const Layout& layout,
                std::string_view colour, double darkest, Svg& svg) {
  int64_t most = 1;
  for (const Confusion& one : confusions) most = std::max(most, one.count);
  std::array<std::string, levels> shades;
  for (const Confusion& one : confusions) {
    const double strength = std::sqrt(static_cast<double>(one.count) / static_cast<double>(most));
    const auto level = static_cast<size_t>(std::ceil(strength * levels)) - 1;
    const std::string side = coordinate(layout.cell);
    shades[std::min(level, levels - 1)] += fmt::format(
        "M{} {}h{}v{}h-{}z",
        coordinate(layout.left + layout.cell * static_cast<double>(one.answer)),
        coordinate(layout.top + layout.cell * static_cast<double>(one.label)), side, side, side);
  }
  for (size_t level = 0; level < levels; ++level) {
    if (shades[level].empty()) continue;
    svg.path(shades[level], fmt::format("area {}", colour),
             darkest * static_cast<double>(level + 1) / static_cast<double>(levels));
  }
}

void draw_labels(const RunResult& result, size_t classes, const Layout& layout, Svg& svg) {
  for (size_t label = 0; label < classes; ++label) {
    const double middle = layout.cell * (static_cast<double>(label) + 0.5);
    const std::string name = shortened(class_name(result, label), longest_label);
    svg.text(layout.left - 6, layout.top + middle + 4, Anchor::end, name);
    if (layout.slanted) {
      svg.slanted_text(layout.left + middle, layout.top - 6, name);
    } else {
      svg.text(layout.left + middle, layout.top - 6, Anchor::middle, name);
    }
  }
}

void draw_numbers(const Scores& scores, const Layout& layout, Svg& svg) {
  constexpr int64_t most_digits = 9999;
  const size_t classes = scores.confusion.size();
  for (size_t label = 0; label < classes; ++label) {
    const std::vector<int64_t>& row = scores.confusion[label];
    for (size_t answer = 0; answer < std::min(row.size(), classes); ++answer) {
      if (row[answer] == 0) continue;
      const auto count = static_cast<double>(row[answer]);
      svg.text(layout.left + layout.cell * (static_cast<double>(answer) + 0.5),
               layout.top + layout.cell * (static_cast<double>(label) + 0.5) + 4, Anchor::middle,
               row[answer] > most_digits ? scaled(count) : fmt::format("{}", row[answer]),
               answer == label ? "right" : "");
    }
  }
}

std::string matrix_html(const RunResult& result, const ModelResult& model) {
  const size_t classes = model.test.confusion.size();
  const bool numbered = classes <= most_numbered;
  const Layout layout = layout_of(result, classes);
  const double side = layout.cell * static_cast<double>(classes);
  // Slanted labels reach beyond the last column.
  const double width = layout.left + side + (layout.slanted ? 40 : 4);
  Svg svg(width, layout.top + side + 4, "confusion matrix: true classes by row, answers by column");
  svg.rectangle(layout.left, layout.top, side, side, "frame");
  // Numbers have to be readable on the darkest shade.
  draw_cells(confusions_of(model.test), layout, role_class(model), numbered ? 0.55 : 1, svg);
  if (numbered) {
    draw_labels(result, classes, layout, svg);
    draw_numbers(model.test, layout, svg);
    svg.text(0, layout.top - 4, Anchor::start, "true ↓", "axis");
    svg.text(layout.left, 11, Anchor::start, "answer →", "axis");
  } else {
    svg.line(layout.left, layout.top, layout.left + side, layout.top + side, "grid");
    svg.text(layout.left, 11, Anchor::start, "true ↓  answer →", "axis");
  }
  return fmt::format(
      "<figure class=\"matrix\"><figcaption>{}</figcaption><div class=\"wide\" role=\"region\" "
      "aria-label=\"confusion matrix\" tabindex=\"0\">{}</div></figure>",
      name_html(model.name), svg.html(numbered ? 0.9 * width : 0));
}

std::string most_frequent_html(const RunResult& result, const ModelResult& model) {
  constexpr size_t most = 8;
  std::vector<Confusion> confusions = confusions_of(model.test);
  if (confusions.empty()) return "";
  std::stable_sort(confusions.begin(), confusions.end(),
                   [](const Confusion& a, const Confusion& b) { return a.count > b.count; });
  confusions.resize(std::min(confusions.size(), most));
  std::string rows;
  for (const Confusion& one : confusions) {
    rows += fmt::format("<tr><th scope=\"row\">{}</th><td class=\"word\">{}</td><td>{}</td></tr>",
                        name_html(class_name(result, one.label)),
                        name_html(class_name(result, one.answer)), thousands(one.count));
  }
  return fmt::format(
      "<figure><figcaption>{}: most frequent</figcaption><div class=\"wide\" role=\"region\" "
      "aria-label=\"most frequent confusions\" tabindex=\"0\"><table><thead><tr><th scope=\"col\">"
      "true</th><th scope=\"col\" class=\"word\">answer</th><th "
      "scope=\"col\">times</th></tr></thead>"
      "<tbody>{}</tbody></table></div></figure>",
      name_html(model.name), rows);
}

}  // namespace

std::string confusion_html(const RunResult& result) {
  Models models = measured_models(result);
  std::erase_if(models, [](const ModelResult* model) { return model->test.confusion.empty(); });
  if (models.empty()) return "";
  std::string html =
      fmt::format("<div class=\"panels\">{}{}</div>", matrix_html(result, *models[0]),
                  most_frequent_html(result, *models[0]));
  if (models.size() > 1) {
    std::string others;
    for (size_t i = 1; i < models.size(); ++i) others += matrix_html(result, *models[i]);
    html += fmt::format(
        "<details><summary>The other models</summary><div class=\"panels\">{}</div></details>",
        others);
  }
  return html;
}

}  // namespace retort
