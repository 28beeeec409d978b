#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "retort/report/escape.hpp"
#include "retort/report/number_words.hpp"
#include "retort/report/picture.hpp"
#include "retort/report/soft_target_parts.hpp"
#include "retort/report/svg.hpp"

namespace retort {
namespace {

constexpr size_t most_open = 4;    // pairs
constexpr size_t most_drawn = 20;  // the others are in result files only
constexpr size_t longest_label = 12;

// Which of the targets' temperatures are drawn: 1 and the shown one; the place of either.
struct Drawn {
  size_t own = 0, shown = 0;
};

Drawn drawn_of(const SoftTargets& targets) {
  return {.own = targets.place_of(1), .shown = targets.place_of(targets.similarity_temperature)};
}

// The class of the pair, what either favours, and what comes next in one of them.
std::vector<int64_t> shown_classes(const TellingPair& pair, size_t at, size_t count) {
  std::vector<int64_t> classes = {pair.label, pair.first_favours, pair.second_favours};
  int64_t next = -1;
  double most = -1;
  for (int64_t index = 0; index < static_cast<int64_t>(count); ++index) {
    if (std::find(classes.begin(), classes.end(), index) != classes.end()) continue;
    const double strength =
        std::max(probability(pair.first, at, index), probability(pair.second, at, index));
    if (strength > most) {
      most = strength;
      next = index;
    }
  }
  if (next >= 0) classes.push_back(next);
  return classes;
}

std::string card_html(const SoftTargets& targets, const SoftTargetExample& example, int64_t favours,
                      const std::vector<int64_t>& classes) {
  constexpr double row = 24, width = 156;
  const Drawn drawn = drawn_of(targets);
  size_t longest = 1;
  for (const int64_t index : classes) {
    longest = std::max(longest, std::min(longest_label, class_name(targets, index).size()));
  }
  const double start = 8 + 6.3 * static_cast<double>(longest), length = width - 4 - start;
  Svg svg(width, row * static_cast<double>(classes.size()), "probabilities of the teacher");
  double y = 0;
  for (const int64_t index : classes) {
    svg.text(start - 6, y + 15, Anchor::end, shortened(class_name(targets, index), longest_label),
             index == example.label ? "strong" : "");
    svg.rectangle(start, y + 3, length * probability(example, drawn.own, index), 8, "area teacher");
    if (drawn.shown != drawn.own) {
      svg.rectangle(start, y + 12, length * probability(example, drawn.shown, index), 8,
                    "area teacher faint");
    }
    svg.line(start, y + 1, start, y + 22, "grid");
    y += row;
  }
  return fmt::format(
      "<li>{}<p>like {} <span>{}</span></p>{}<small>{} image {}</small></li>",
      picture_html(example.shape, example.pixels, fmt::format("image {}", example.index)),
      one_of_class(targets, favours),
      probability_words(probability(example, drawn.own, favours)) + " at\u00A0" +
          temperature_words(1),
      svg.html(), escaped(targets.split), example.index);
}

std::string pair_html(const SoftTargets& targets, const TellingPair& pair) {
  const std::vector<int64_t> classes =
      shown_classes(pair, drawn_of(targets).own, targets.classes.size());
  return fmt::format(
      "<figure class=\"pair\"><figcaption>This {} looks to the teacher like {}, that one like "
      "{}.</figcaption><ul class=\"cards\">{}{}</ul></figure>",
      name_html(class_name(targets, pair.label)), one_of_class(targets, pair.first_favours),
      one_of_class(targets, pair.second_favours),
      card_html(targets, pair.first, pair.first_favours, classes),
      card_html(targets, pair.second, pair.second_favours, classes));
}

std::string key_html(const SoftTargets& targets) {
  const Drawn drawn = drawn_of(targets);
  const auto item = [](const char* classes, double temperature) {
    return fmt::format(
        "<li><svg viewBox=\"0 0 28 10\" aria-hidden=\"true\"><rect class=\"{}\" "
        "width=\"28\" height=\"10\"/></svg> {}</li>",
        classes, temperature_words(temperature));
  };
  std::string items = item("area teacher", 1);
  if (drawn.shown != drawn.own) {
    items += item("area teacher faint", targets.temperatures[drawn.shown]);
  }
  return fmt::format("<ul class=\"legend\">{}</ul>", items);
}

}  // namespace

std::string telling_pairs_html(const SoftTargets& targets) {
  if (targets.pairs.empty() || targets.temperatures.empty()) return "";
  std::string open, others;
  for (size_t i = 0; i < std::min(targets.pairs.size(), most_drawn); ++i) {
    (i < most_open ? open : others) += pair_html(targets, targets.pairs[i]);
  }
  const std::string details =
      others.empty() ? ""
                     : fmt::format(
                           "<details><summary>Pairs of the other classes</summary><div "
                           "class=\"panels\">{}</div></details>",
                           others);
  return fmt::format(
      "<p class=\"reading\">The two images of a pair have the same label, so hard labels tell the "
      "student the same of both. Their soft targets do not: each puts much of its probability on "
      "another wrong class. The pairs were found by searching the teacher’s outputs on the {} "
      "{} images; it gets both images of a pair right.</p>{}<div class=\"panels\">{}</div>{}",
      thousands(targets.count), escaped(targets.split), key_html(targets), open, details);
}

}  // namespace retort
