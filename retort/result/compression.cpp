#include "retort/result/compression.hpp"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <tuple>

namespace retort {
namespace {

constexpr double rounding = 1e-9;  // of a difference of accuracies

double finite_or(double number, double otherwise) {
  return std::isfinite(number) ? number : otherwise;
}

}  // namespace

size_t Compression::chosen_seed() const {
  assert(chosen);
  const std::vector<double>& accuracies = students[*chosen].validation_accuracies;
  return static_cast<size_t>(std::max_element(accuracies.begin(), accuracies.end()) -
                             accuracies.begin());
}

double cost_of(const CompressedModel& model, CostKind kind) {
  switch (kind) {
    case CostKind::latency:
      return model.latency_ms;
    case CostKind::parameters:
      return static_cast<double>(model.parameters);
    case CostKind::macs:
      return static_cast<double>(model.macs);
    case CostKind::file_bytes:
      return static_cast<double>(model.file_bytes);
  }
  return std::nan("");
}

std::vector<Limit> missed_limits(const CompressedModel& student, const CompressionLimits& limits) {
  std::vector<Limit> missed;
  if (limits.latency_ms && !(student.latency_ms <= *limits.latency_ms)) {
    missed.push_back(Limit::latency);
  }
  if (limits.parameters && student.parameters > *limits.parameters) {
    missed.push_back(Limit::parameters);
  }
  const double below = 100 * student.below.validation.mean;
  if (limits.accuracy_drop && !(below <= *limits.accuracy_drop + rounding)) {
    missed.push_back(Limit::accuracy_drop);
  }
  return missed;
}

const CompressedModel& nearest_student(const std::vector<CompressedModel>& students,
                                       const CompressionLimits& limits) {
  const auto distance = [&](const CompressedModel& student) {
    const std::vector<Limit> missed = missed_limits(student, limits);
    const auto by = [&](Limit limit, double number) {
      const bool is_missed = std::find(missed.begin(), missed.end(), limit) != missed.end();
      return is_missed ? finite_or(number, HUGE_VAL) : 0;
    };
    return std::tuple(missed.size(), by(Limit::accuracy_drop, student.below.validation.mean),
                      by(Limit::latency, student.latency_ms),
                      by(Limit::parameters, static_cast<double>(student.parameters)));
  };
  return *std::min_element(students.begin(), students.end(),
                           [&](const auto& a, const auto& b) { return distance(a) < distance(b); });
}

std::optional<size_t> choose_student(const std::vector<CompressedModel>& students,
                                     const CompressionLimits& limits) {
  const auto worth = [&](const CompressedModel& student) {
    const double first = limits.accuracy_drop ? static_cast<double>(student.parameters)
                                              : -student.accuracy.validation.mean;
    return std::tuple(first, finite_or(student.latency_ms, HUGE_VAL), student.parameters);
  };
  std::optional<size_t> best;
  for (size_t i = 0; i < students.size(); ++i) {
    if (!missed_limits(students[i], limits).empty()) continue;
    if (!best || worth(students[i]) < worth(students[*best])) best = i;
  }
  return best;
}

std::vector<bool> pareto_front(const std::vector<std::pair<double, double>>& points) {
  std::vector<bool> front;
  for (const auto& [cost, gain] : points) {
    const bool is_number = std::isfinite(cost) && std::isfinite(gain);
    front.push_back(is_number &&
                    std::none_of(points.begin(), points.end(), [&, c = cost, g = gain](auto one) {
                      return one.first <= c && one.second >= g && (one.first < c || one.second > g);
                    }));
  }
  return front;
}

std::vector<bool> student_front(const std::vector<CompressedModel>& students, CostKind kind) {
  std::vector<std::pair<double, double>> points;
  for (const CompressedModel& student : students) {
    points.emplace_back(cost_of(student, kind), student.accuracy.validation.mean);
  }
  return pareto_front(points);
}

}  // namespace retort
