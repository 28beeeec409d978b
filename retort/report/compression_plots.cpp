#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "retort/report/axis.hpp"
#include "retort/report/compression_report.hpp"
#include "retort/report/compression_words.hpp"
#include "retort/report/number_words.hpp"
#include "retort/report/page_models.hpp"
#include "retort/report/svg.hpp"

namespace retort {
namespace {

constexpr double width = 360, height = 250, left = 46, right = 350, top = 22, bottom = 210;

// A dot: a model of one role at its cost.
struct Point {
  std::string_view role;
  std::string name;
  double cost = 0;
  Spread accuracy;  // percent
};

Spread in_percent(Spread share) {
  for (double* number : {&share.mean, &share.deviation, &share.low, &share.high}) *number *= 100;
  return share;
}

// Twins lie below the students, the teacher on top.
std::vector<Point> points_of(const Compression& one, CostKind kind) {
  std::vector<Point> points;
  const auto add = [&](std::string_view role, const CompressedModel& model,
                       const Spread& accuracy) {
    const double cost = cost_of(model, kind);
    if (accuracy.count == 0 || !(cost > 0)) return;  // a logarithm of it is drawn
    points.push_back({role, model.name, cost, in_percent(accuracy)});
  };
  for (const CompressedModel& student : one.students) {
    add("twin", student, student.twin.validation);
  }
  for (const CompressedModel& student : one.students) {
    add("student", student, student.accuracy.validation);
  }
  add("teacher", one.teacher, one.teacher.accuracy.validation);
  return points;
}

// A hundredth of a millisecond is as good a tick as a million parameters.
std::string tick_text(double tick) {
  return tick >= 1000 ? scaled(tick) : significant(tick, 3);
}

class Panel {
 public:
  Panel(const Compression& one, CostKind kind)
      : one_(one), kind_(kind), points_(points_of(one, kind)) {
    double first = HUGE_VAL, last = 0, low = HUGE_VAL, high = -HUGE_VAL;
    for (const Point& point : points_) {
      first = std::min(first, point.cost);
      last = std::max(last, point.cost);
      low = std::min(low, point.accuracy.mean);
      high = std::max(high, point.accuracy.mean);
    }
    if (points_.empty()) return;
    costs_ = logarithmic_axis(first / 1.2, last * 1.2, left, right);
    const double room = std::max(0.1 * (high - low), 0.05);
    accuracies_ = round_axis(low - room, std::min(high + room, 100.0), bottom, top);
  }

  std::string html() {
    if (points_.empty()) return "";
    Svg svg(width, height, "accuracy against " + cost_name(kind_));
    draw_frame(svg);
    draw_limit(svg);
    draw_front(svg);
    for (const Point& point : points_) draw_point(point, svg);
    draw_chosen(svg);
    return fmt::format("<figure><figcaption>{}</figcaption>{}</figure>", heading(), svg.html());
  }

 private:
  std::string heading() const {
    constexpr const char* headings[] = {"Latency", "Parameters", "Multiply-accumulates",
                                        "File size"};
    return headings[static_cast<size_t>(kind_)];
  }

  double y(double accuracy) const {
    return accuracies_.at(std::clamp(accuracy, accuracies_.low, accuracies_.high));
  }

  void draw_frame(Svg& svg) const {
    for (const double tick : accuracies_.ticks) {
      svg.line(left, accuracies_.at(tick), right, accuracies_.at(tick), "grid");
      svg.text(left - 6, accuracies_.at(tick) + 4, Anchor::end, significant(tick, 5) + " %");
    }
    for (const double tick : costs_.ticks) {
      svg.text(costs_.at(tick), bottom + 17, Anchor::middle, tick_text(tick));
    }
    svg.text((left + right) / 2, bottom + 34, Anchor::middle, cost_name(kind_) + ", logarithmic",
             "axis");
  }

  // What was asked for, where it lies within the panel.
  void draw_limit(Svg& svg) const {
    double limit = std::nan("");
    if (kind_ == CostKind::latency && one_.limits.latency_ms) limit = *one_.limits.latency_ms;
    if (kind_ == CostKind::parameters && one_.limits.parameters) {
      limit = static_cast<double>(*one_.limits.parameters);
    }
    if (limit >= costs_.low && limit <= costs_.high) {
      svg.line(costs_.at(limit), top, costs_.at(limit), bottom, "ideal");
    }
    const Spread& teacher = one_.teacher.accuracy.validation;
    if (!one_.limits.accuracy_drop || teacher.count == 0) return;
    const double least = 100 * teacher.mean - *one_.limits.accuracy_drop;
    if (least >= accuracies_.low && least <= accuracies_.high) {
      svg.line(left, accuracies_.at(least), right, accuracies_.at(least), "ideal");
    }
  }

  void draw_front(Svg& svg) const {
    const std::vector<bool> front = student_front(one_.students, kind_);
    std::vector<std::pair<double, double>> corners;
    for (size_t i = 0; i < front.size(); ++i) {
      const CompressedModel& student = one_.students[i];
      if (!front[i]) continue;
      corners.emplace_back(cost_of(student, kind_), 100 * student.accuracy.validation.mean);
    }
    std::sort(corners.begin(), corners.end());
    std::string steps;
    for (const auto& [cost, accuracy] : corners) {
      if (!steps.empty()) steps += fmt::format("H{}", coordinate(costs_.at(cost)));
      steps += fmt::format("{}{}",
                           steps.empty() ? fmt::format("M{} ", coordinate(costs_.at(cost))) : "V",
                           coordinate(y(accuracy)));
    }
    if (corners.size() > 1) svg.path(steps, "curve student");
  }

  void draw_point(const Point& point, Svg& svg) const {
    const double x = costs_.at(point.cost);
    if (std::isfinite(point.accuracy.low)) {
      svg.line(x, y(point.accuracy.low), x, y(point.accuracy.high),
               fmt::format("gap {}", point.role));
    }
    svg.circle(x, y(point.accuracy.mean), 3.5, fmt::format("dot {}", point.role),
               fmt::format("{} {}: {:.2f} % at {}", point.role, point.name, point.accuracy.mean,
                           tick_text(point.cost)));
  }

  void draw_chosen(Svg& svg) const {
    if (!one_.chosen) return;
    const CompressedModel& student = one_.students[*one_.chosen];
    const double x = costs_.at(cost_of(student, kind_));
    const double at = y(100 * student.accuracy.validation.mean);
    svg.circle(x, at, 7, "chosen student");
    // Better students stand to the right of it and above: the other side is free.
    const bool has_room = x > left + 50;
    svg.text(x + (has_room ? 4 : -4), at - 11, has_room ? Anchor::end : Anchor::start, "chosen",
             "strong");
  }

  const Compression& one_;
  CostKind kind_;
  std::vector<Point> points_;
  Axis costs_, accuracies_;
};

}  // namespace

std::string compression_plots_html(const Compression& compression) {
  std::string panels;
  for (const CostKind kind : cost_kinds) panels += Panel(compression, kind).html();
  if (panels.empty()) return "";
  std::string items;
  for (const char* role : {"student", "twin", "teacher"}) {
    items +=
        legend_item_html(fmt::format("{} whole", role),
                         std::string_view(role) == "twin" ? "its twin, without a teacher" : role);
  }
  return fmt::format(
      "<ul class=\"legend\">{}</ul><div class=\"panels\">{}</div><p class=\"note\">Accuracy on the "
      "validation images, by which the student is chosen, against each cost. The line is the "
      "Pareto "
      "front: no student above it costs as little. An upright line is the 95 % interval of the "
      "mean "
      "over the seeds (Student’s t), a dashed one a limit.</p>",
      items, panels);
}

}  // namespace retort
