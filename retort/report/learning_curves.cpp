#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <optional>

#include "retort/report/axis.hpp"
#include "retort/report/number_words.hpp"
#include "retort/report/page_models.hpp"
#include "retort/report/sections.hpp"

namespace retort {
namespace {

constexpr double width = 360, height = 230, left = 46, right = 350, top = 12, bottom = 190;

struct Point {
  double epoch = 0, value = 0;
};

struct Curve {
  const ModelResult* model = nullptr;
  std::vector<Point> points;
};

// What an epoch says; nothing when it was not measured or is no number.
using Reading = std::optional<double> (*)(const EpochRecord&);

std::optional<double> training_loss(const EpochRecord& epoch) {
  return std::isfinite(epoch.loss) ? std::optional(epoch.loss) : std::nullopt;
}

std::optional<double> validation_error(const EpochRecord& epoch) {
  const double accuracy = epoch.validation_accuracy;
  return accuracy >= 0 && accuracy <= 1 ? std::optional(1 - accuracy) : std::nullopt;
}

std::vector<Curve> curves_of(const Models& models, Reading reading) {
  std::vector<Curve> curves;
  for (const ModelResult* model : models) {
    Curve curve{.model = model, .points = {}};
    for (const EpochRecord& epoch : model->training.epochs) {
      const std::optional<double> value = reading(epoch);
      if (value) curve.points.push_back({static_cast<double>(epoch.epoch), *value});
    }
    if (!curve.points.empty()) curves.push_back(std::move(curve));
  }
  return curves;
}

// Logarithmic when the values are positive and span more than a factor of eight.
Axis value_axis(const std::vector<Curve>& curves) {
  double low = HUGE_VAL, high = -HUGE_VAL;
  for (const Curve& curve : curves) {
    for (const Point& point : curve.points) {
      low = std::min(low, point.value);
      high = std::max(high, point.value);
    }
  }
  if (low > 0 && high > 8 * low) return logarithmic_axis(low, high, bottom, top);
  return round_axis(std::min(low, 0.0), high, bottom, top);
}

Axis epoch_axis(const std::vector<Curve>& curves) {
  double last = 1;
  for (const Curve& curve : curves) last = std::max(last, curve.points.back().epoch);
  Axis axis = whole_axis(0, last, left, right);
  axis.high = last;
  std::erase_if(axis.ticks, [&](double tick) { return tick > last; });
  return axis;
}

void draw(const Curve& curve, const Axis& epochs, const Axis& values, Svg& svg) {
  std::string steps;
  for (const Point& point : curve.points) {
    steps += (steps.empty() ? "M" : "L") + coordinate(epochs.at(point.epoch)) + " " +
             coordinate(values.at(point.value));
  }
  const std::string classes = fmt::format("curve {}", role_class(curve.model->role));
  if (curve.points.size() > 1) svg.path(steps, classes);
  const Point& last = curve.points.back();
  svg.circle(epochs.at(last.epoch), values.at(last.value), 3,
             fmt::format("dot {}", role_class(curve.model->role)));
}

std::string panel(std::string_view title, const std::vector<Curve>& curves,
                  std::string (*words)(double)) {
  const Axis epochs = epoch_axis(curves), values = value_axis(curves);
  Svg svg(width, height, fmt::format("{} by epoch", title));
  for (const double tick : values.ticks) {
    svg.line(left, values.at(tick), right, values.at(tick), "grid");
    svg.text(left - 6, values.at(tick) + 4, Anchor::end, words(tick));
  }
  for (const double tick : epochs.ticks) {
    svg.text(epochs.at(tick), bottom + 17, Anchor::middle, significant(tick, 6));
  }
  svg.text((left + right) / 2, bottom + 34, Anchor::middle, "epoch", "axis");
  for (auto curve = curves.rbegin(); curve != curves.rend(); ++curve) {
    draw(*curve, epochs, values, svg);
  }
  return fmt::format("<figure><figcaption>{}{}</figcaption>{}</figure>", title,
                     values.logarithmic ? " <small>logarithmic</small>" : "", svg.html());
}

std::string percent_tick(double share) {
  return significant(100 * share) + "\u00A0%";
}
std::string loss_tick(double loss) {
  return significant(loss);
}

}  // namespace

std::string learning_curves_html(const RunResult& result) {
  const Models models = page_order(result);
  const std::vector<Curve> errors = curves_of(models, validation_error);
  const std::vector<Curve> losses = curves_of(models, training_loss);
  if (errors.empty() && losses.empty()) return "";
  Models drawn = models;
  std::erase_if(drawn, [](const ModelResult* model) { return model->training.epochs.empty(); });
  std::string panels;
  if (!errors.empty()) panels += panel("Validation error", errors, percent_tick);
  if (!losses.empty()) panels += panel("Training loss", losses, loss_tick);
  return fmt::format(
      "{}<div class=\"panels\">{}</div><p class=\"note\">{}The loss is the weighted sum of each "
      "model’s own objective: compare its course, not its height.</p>{}",
      legend_html(drawn), panels,
      errors.empty() ? "No validation split was measured during training. " : "",
      terms_html(result));
}

}  // namespace retort
