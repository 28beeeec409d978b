#include <fmt/format.h>

#include <algorithm>
#include <numeric>

#include "retort/report/escape.hpp"
#include "retort/report/number_words.hpp"
#include "retort/report/picture.hpp"
#include "retort/report/soft_target_parts.hpp"
#include "retort/report/svg.hpp"

namespace retort {
namespace {

constexpr size_t longest_label = 12;  // characters

// The classes that the charts of an image show, in their order: all, or the likeliest.
std::vector<int64_t> shown_classes(const SoftTargetExample& example) {
  constexpr size_t most = 10;
  std::vector<int64_t> classes(example.probabilities[0].size());
  std::iota(classes.begin(), classes.end(), int64_t{0});
  if (classes.size() <= most) return classes;
  std::stable_sort(classes.begin(), classes.end(), [&](int64_t a, int64_t b) {
    return probability(example, 0, a) > probability(example, 0, b);
  });
  classes.resize(most);
  return classes;
}

std::string chart_html(const SoftTargets& targets, const SoftTargetExample& example, size_t at,
                       const std::vector<int64_t>& classes) {
  constexpr double row = 18, width = 260, number_room = 72;
  size_t longest = 1;
  for (const int64_t index : classes) {
    const size_t length = class_name(targets, index).size();
    longest = std::max(longest, std::min(longest_label, length));
  }
  const double start = 8 + 6.3 * static_cast<double>(longest);
  const double length = width - start - number_room;
  Svg svg(width, row * static_cast<double>(classes.size()),
          fmt::format("soft target at temperature {}", significant(targets.temperatures[at])));
  double y = 0;
  for (const int64_t index : classes) {
    const double p = probability(example, at, index);
    svg.text(start - 6, y + 13, Anchor::end, shortened(class_name(targets, index), longest_label),
             index == example.label ? "strong" : "");
    svg.rectangle(start, y + 3, length * p, 12, "area teacher");
    svg.line(start, y + 1, start, y + 17, "grid");
    svg.text(start + length * p + 5, y + 13, Anchor::start, probability_words(p));
    y += row;
  }
  const std::string entropy =
      at < example.entropy_bits.size()
          ? fmt::format(" <small>entropy {} bits</small>", significant(example.entropy_bits[at], 2))
          : "";
  return fmt::format("<figure><figcaption>{}{}</figcaption>{}</figure>",
                     temperature_words(targets.temperatures[at]), entropy, svg.html());
}

// The two likeliest classes besides the answer.
std::vector<int64_t> next_classes(const SoftTargetExample& example) {
  std::vector<int64_t> classes;
  for (size_t i = 0; i < example.probabilities[0].size(); ++i) {
    if (static_cast<int64_t>(i) != example.answer) classes.push_back(static_cast<int64_t>(i));
  }
  const size_t count = std::min<size_t>(2, classes.size());
  std::partial_sort(classes.begin(), classes.begin() + static_cast<int64_t>(count), classes.end(),
                    [&](int64_t a, int64_t b) {
                      // Their order is the same at every T; at the highest nothing is 0.
                      const size_t last = example.probabilities.size() - 1;
                      return probability(example, last, a) > probability(example, last, b);
                    });
  classes.resize(count);
  return classes;
}

std::string words_of(const SoftTargets& targets, const SoftTargetExample& example, size_t at) {
  const auto words = [&](int64_t index) {
    return fmt::format("{} with {}", name_html(class_name(targets, index)),
                       probability_words(probability(example, at, index)));
  };
  std::string text = words(example.answer);
  for (const int64_t index : next_classes(example)) text += ", " + words(index);
  return fmt::format("at {}, {}", temperature_words(targets.temperatures[at]), text);
}

std::string reading(const SoftTargets& targets, const SoftTargetExample& example) {
  std::string text;
  for (size_t at = 0; at < targets.temperatures.size(); ++at) {
    const double temperature = targets.temperatures[at];
    const bool is_told = temperature == 1 || temperature == targets.similarity_temperature;
    if (is_told) text += (text.empty() ? "" : "; ") + words_of(targets, example, at);
  }
  const std::string wrong = example.label >= 0 && example.label != example.answer
                                ? fmt::format(" The label says {}: the teacher is wrong here.",
                                              name_html(class_name(targets, example.label)))
                                : "";
  return fmt::format(
      "<p class=\"reading\">The teacher’s answer in words: {}.{} The order of the classes is the "
      "same at every T; a higher T lets the small ones be seen.{}</p>",
      text, wrong,
      targets.typical ? fmt::format(" This image is a typical one: for half of the {} images the "
                                    "teacher is surer, for half it is less sure.",
                                    escaped(targets.split))
                      : "");
}

}  // namespace

std::string soft_target_examples_html(const SoftTargets& targets) {
  std::string html;
  for (const SoftTargetExample& example : targets.examples) {
    if (example.probabilities.size() != targets.temperatures.size() ||
        example.probabilities.empty() || example.probabilities[0].empty()) {
      continue;
    }
    const std::vector<int64_t> classes = shown_classes(example);
    std::string charts;
    for (size_t at = 0; at < targets.temperatures.size(); ++at) {
      charts += chart_html(targets, example, at, classes);
    }
    const std::string hard =
        example.label < 0
            ? "no label"
            : fmt::format("hard label: <b>{}</b>", name_html(class_name(targets, example.label)));
    html += fmt::format(
        "<div class=\"example\"><div class=\"digit\">{}<p>{}</p><small>{} image {}</small></div>"
        "<div class=\"charts\">{}</div></div>{}",
        picture_html(example.shape, example.pixels, fmt::format("image {}", example.index)), hard,
        escaped(targets.split), example.index, charts, reading(targets, example));
  }
  return html;
}

}  // namespace retort
