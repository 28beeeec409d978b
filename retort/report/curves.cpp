#include "retort/report/curves.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "retort/report/axis.hpp"
#include "retort/report/number_words.hpp"
#include "retort/report/svg.hpp"

namespace retort {
namespace {

constexpr double width = 360, height = 230, left = 46, right = 350, top = 12, bottom = 190;

std::optional<double> error_of(double accuracy) {
  return accuracy >= 0 && accuracy <= 1 ? std::optional(1 - accuracy) : std::nullopt;
}

Axis value_axis(const std::vector<Curve>& curves) {
  double low = HUGE_VAL, high = -HUGE_VAL;
  for (const Curve& curve : curves) {
    for (const CurvePoint& point : curve.points) {
      low = std::min(low, point.value);
      high = std::max(high, point.value);
    }
  }
  if (low > 0 && high > 8 * low) return logarithmic_axis(low, high, bottom, top);
  return round_axis(std::min(low, 0.0), high, bottom, top);
}

// Ends at the last point. A logarithmic one begins at the first.
Axis progress_axis(const std::vector<Curve>& curves, bool logarithmic) {
  double first = HUGE_VAL, last = 1;
  for (const Curve& curve : curves) {
    first = std::min(first, curve.points.front().at);
    last = std::max(last, curve.points.back().at);
  }
  if (!logarithmic || first <= 0 || first >= last) {
    Axis axis = whole_axis(0, last, left, right);
    axis.high = last;
    std::erase_if(axis.ticks, [&](double tick) { return tick > last; });
    return axis;
  }
  Axis axis = logarithmic_axis(first, last, left, right);
  axis.low = first;
  axis.high = last;
  std::erase_if(axis.ticks,
                [&](double tick) { return tick < first * (1 - 1e-9) || tick > last * (1 + 1e-9); });
  return axis;
}

void draw(const Curve& curve, const Axis& across, const Axis& values, Svg& svg) {
  std::string steps;
  for (const CurvePoint& point : curve.points) {
    steps += (steps.empty() ? "M" : "L") + coordinate(across.at(point.at)) + " " +
             coordinate(values.at(point.value));
  }
  if (curve.points.size() > 1) svg.path(steps, fmt::format("curve {}", curve.classes));
  const CurvePoint& last = curve.points.back();
  svg.circle(across.at(last.at), values.at(last.value), 3, fmt::format("dot {}", curve.classes),
             curve.title);
}

}  // namespace

std::optional<double> training_loss(const EpochRecord& epoch) {
  return std::isfinite(epoch.loss) ? std::optional(epoch.loss) : std::nullopt;
}

std::optional<double> validation_error(const EpochRecord& epoch) {
  return error_of(epoch.validation_accuracy);
}

std::optional<double> test_error(const EpochRecord& epoch) {
  return error_of(epoch.test_accuracy);
}

std::vector<CurvePoint> points_of(const TrainingRecord& training, Reading reading,
                                  Progress progress) {
  std::vector<CurvePoint> points;
  for (const EpochRecord& epoch : training.epochs) {
    const std::optional<double> value = reading(epoch);
    const int64_t at = progress == Progress::epochs ? epoch.epoch : epoch.step;
    if (value) points.push_back({static_cast<double>(at), *value});
  }
  return points;
}

bool lengths_differ_much(const std::vector<Curve>& curves) {
  double shortest = HUGE_VAL, longest = 0;
  for (const Curve& curve : curves) {
    shortest = std::min(shortest, curve.points.back().at);
    longest = std::max(longest, curve.points.back().at);
  }
  return longest > 8 * shortest;
}

std::string percent_tick(double share) {
  return significant(100 * share) + "\u00A0%";
}
std::string loss_tick(double loss) {
  return significant(loss);
}

std::string curves_html(std::string_view title, const std::vector<Curve>& curves, Progress progress,
                        bool logarithmic, std::string (*words)(double)) {
  const Axis across = progress_axis(curves, logarithmic), values = value_axis(curves);
  const std::string unit = progress == Progress::epochs ? "epoch" : "step";
  Svg svg(width, height, fmt::format("{} by {}", title, unit));
  for (const double tick : values.ticks) {
    svg.line(left, values.at(tick), right, values.at(tick), "grid");
    svg.text(left - 6, values.at(tick) + 4, Anchor::end, words(tick));
  }
  for (const double tick : across.ticks) {
    svg.text(across.at(tick), bottom + 17, Anchor::middle, significant(tick, 6));
  }
  svg.text((left + right) / 2, bottom + 34, Anchor::middle,
           unit + (across.logarithmic ? ", logarithmic" : ""), "axis");
  for (auto curve = curves.rbegin(); curve != curves.rend(); ++curve) {
    draw(*curve, across, values, svg);
  }
  return fmt::format("<figure><figcaption>{}{}</figcaption>{}</figure>", title,
                     values.logarithmic ? " <small>logarithmic</small>" : "", svg.html());
}

}  // namespace retort
