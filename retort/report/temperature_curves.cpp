#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "retort/report/axis.hpp"
#include "retort/report/number_words.hpp"
#include "retort/report/page_models.hpp"
#include "retort/report/soft_target_parts.hpp"

namespace retort {
namespace {

constexpr double width = 360, height = 230, left = 46, right = 350, top = 22, bottom = 190;
constexpr double lowest = 0.5, highest = 100;  // temperatures drawn

struct Line {
  std::string_view name;
  double TemperatureStatistics::*value;
  std::string_view classes;
};

struct Panel {
  std::string_view title;
  std::vector<Line> lines;
  std::string (*words)(double);  // of a tick
  double most = 0;               // upper end of the axis; 0: as the values need
  std::string reading;           // HTML
};

std::string percent_tick(double share) {
  return significant(100 * share) + "\u00A0%";
}
std::string bits_tick(double bits) {
  return significant(bits);
}

double value_of(const Line& line, const TemperatureStatistics& one) {
  const double value = one.*line.value;
  return std::isfinite(value) ? value : 0;
}

void draw_line(const SoftTargets& targets, const Line& line, const Axis& across, const Axis& up,
               Svg& svg) {
  std::string steps;
  for (const TemperatureStatistics& one : targets.statistics) {
    if (!(one.temperature >= lowest && one.temperature <= highest)) continue;
    steps += (steps.empty() ? "M" : "L") + coordinate(across.at(one.temperature)) + " " +
             coordinate(up.at(value_of(line, one)));
  }
  if (!steps.empty()) svg.path(steps, fmt::format("curve {}", line.classes));
}

Axis upward(const SoftTargets& targets, const Panel& panel) {
  if (panel.most > 0) return round_axis(0, panel.most, bottom, top);
  double most = 0;
  for (const Line& line : panel.lines) {
    for (const TemperatureStatistics& one : targets.statistics) {
      most = std::max(most, value_of(line, one));
    }
  }
  return round_axis(0, most > 0 ? most : 1, bottom, top);
}

std::string panel_html(const SoftTargets& targets, const Panel& panel) {
  const Axis across{.low = lowest,
                    .high = highest,
                    .start = left,
                    .end = right,
                    .logarithmic = true,
                    .ticks = {0.5, 1, 2, 5, 10, 20, 50, 100}};
  const Axis up = upward(targets, panel);
  Svg svg(width, height, fmt::format("{} by temperature", panel.title));
  for (const double tick : up.ticks) {
    svg.line(left, up.at(tick), right, up.at(tick), "grid");
    svg.text(left - 6, up.at(tick) + 4, Anchor::end, panel.words(tick));
  }
  for (const double tick : across.ticks) {
    svg.text(across.at(tick), bottom + 17, Anchor::middle, significant(tick, 6));
  }
  svg.text((left + right) / 2, bottom + 34, Anchor::middle, "temperature T (logarithmic)", "axis");
  const double chosen = targets.temperature;
  if (chosen >= lowest && chosen <= highest) {
    svg.line(across.at(chosen), top - 4, across.at(chosen), bottom, "ideal");
    svg.text(across.at(chosen), top - 9, Anchor::middle, "T = " + significant(chosen), "axis");
  }
  std::string key;
  for (const Line& line : panel.lines) {
    draw_line(targets, line, across, up, svg);
    key += legend_item_html(line.classes, line.name);
  }
  return fmt::format(
      "<figure><figcaption>{}</figcaption><ul class=\"legend\">{}</ul>{}<p "
      "class=\"reading\">{}</p></figure>",
      panel.title, key, svg.html(), panel.reading);
}

// The temperatures that a reading speaks of: 1, the shown one, the highest drawn.
std::vector<const TemperatureStatistics*> told(const SoftTargets& targets) {
  std::vector<const TemperatureStatistics*> found;
  for (const double temperature : {1.0, targets.similarity_temperature, highest}) {
    const TemperatureStatistics* one = targets.at(temperature);
    if (one != nullptr && (found.empty() || found.back()->temperature < temperature)) {
      found.push_back(one);
    }
  }
  return found;
}

// "At T = 1, WORDS; at T = 4, WORDS."
template <class Words>
std::string sentence(const SoftTargets& targets, const Words& words) {
  std::string text;
  for (const TemperatureStatistics* one : told(targets)) {
    text += fmt::format("{} {}, {}", text.empty() ? "At" : "; at",
                        temperature_words(one->temperature), words(*one));
  }
  return text + ".";
}

std::string softness_reading(const SoftTargets& targets) {
  const double most = std::log2(static_cast<double>(targets.classes.size()));
  return fmt::format(
             "Entropy measures how far the probability is spread: a hard label has 0 bits, {} "
             "equal "
             "classes have {} bits, the most there can be. ",
             targets.classes.size(), significant(most)) +
         sentence(targets, [](const TemperatureStatistics& one) {
           return fmt::format(
               "a target holds {} bits on average ({} of the most), and {} of the "
               "probability lies off the teacher’s answer",
               significant(one.entropy_bits), percent(one.entropy_share, 0),
               percent(one.off_top, 1));
         });
}

std::string telling_reading(const SoftTargets& targets) {
  const TemperatureStatistics* best = &targets.statistics.front();
  for (const TemperatureStatistics& one : targets.statistics) {
    if (one.bits_beyond_class > best->bits_beyond_class) best = &one;
  }
  return fmt::format(
             "How far the target of an image lies from the mean target of its class, in bits: what "
             "it tells of this very image that its class does not (over the images that the "
             "teacher gets right). This teacher’s targets tell most at {}. Far below, the "
             "targets of a class are alike because they are nearly hard; far above, because they "
             "are nearly uniform. ",
             temperature_words(best->temperature)) +
         sentence(targets, [](const TemperatureStatistics& one) {
           return fmt::format("it is {} bits", significant(one.bits_beyond_class));
         });
}

std::string gradient_reading(const SoftTargets& targets) {
  const auto classes = static_cast<double>(targets.classes.size());
  const std::string far =
      targets.far_labels > 0
          ? fmt::format(
                " Far below the mean (by more than a standard deviation of the image’s "
                "logits) are {} of {} labels on average.",
                significant(targets.far_labels, 2), targets.classes.size())
          : "";
  return fmt::format(
             "Think of a student whose logits are all off by about as much. Distillation corrects "
             "them by the gradient, and the curves say where that goes: to the negative labels, "
             "which are all but the teacher’s answer, and to those far below the mean.{} ",
             far) +
         sentence(targets,
                  [](const TemperatureStatistics& one) {
                    return fmt::format("{} go to the negative labels, {} to those far below",
                                       percent(one.negative_share, 0),
                                       probability_words(one.far_share));
                  }) +
         fmt::format(
             " So at a low temperature the student need not care how absurd an absurd class is to "
             "the teacher; at a high one every label counts the same ({} each), whether its logit "
             "carries knowledge or noise.",
             percent(1 / classes, 0));
}

std::string numbers_html(const SoftTargets& targets) {
  std::string rows;
  for (const TemperatureStatistics& one : targets.statistics) {
    rows += fmt::format(
        "<tr><th scope=\"row\">{}</th><td>{}</td><td>{}</td><td>{}</td><td>{}</td><td>{}</td>"
        "<td>{}</td></tr>",
        significant(one.temperature, 6), significant(one.entropy_bits), percent(one.entropy_share),
        percent(one.off_top), significant(one.bits_beyond_class), percent(one.negative_share),
        percent(one.far_share));
  }
  return fmt::format(
      "<details><summary>The numbers of the curves</summary><div class=\"wide\" role=\"region\" "
      "aria-label=\"numbers by temperature\" tabindex=\"0\"><table><thead><tr><th "
      "scope=\"col\">T</th><th scope=\"col\">entropy, bits</th><th scope=\"col\">of the most</th>"
      "<th scope=\"col\">off the answer</th><th scope=\"col\">beyond the class, bits</th><th "
      "scope=\"col\">gradient on negative labels</th><th scope=\"col\">on those far below</th>"
      "</tr></thead><tbody>{}</tbody></table></div></details>",
      rows);
}

}  // namespace

std::string temperature_curves_html(const SoftTargets& targets) {
  if (targets.statistics.empty()) return "";
  using Statistics = TemperatureStatistics;
  const Panel panels[] = {
      {.title = "How soft the targets are",
       .lines = {{"entropy, of the most", &Statistics::entropy_share, "teacher whole"},
                 {"probability off the answer", &Statistics::off_top, "ink"}},
       .words = percent_tick,
       .most = 1,
       .reading = softness_reading(targets)},
      {.title = "What they tell beyond the class",
       .lines = {{"bits beyond the class", &Statistics::bits_beyond_class, "teacher whole"}},
       .words = bits_tick,
       .reading = telling_reading(targets)},
      {.title = "Where the distillation gradient goes",
       .lines = {{"to negative labels", &Statistics::negative_share, "teacher whole"},
                 {"to those far below the mean", &Statistics::far_share, "ink"}},
       .words = percent_tick,
       .most = 1,
       .reading = gradient_reading(targets)}};
  std::string html;
  for (const Panel& panel : panels) html += panel_html(targets, panel);
  return fmt::format("<div class=\"panels\">{}</div>{}", html, numbers_html(targets));
}

}  // namespace retort
