#include "retort/report/compression_words.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "retort/report/escape.hpp"
#include "retort/report/number_words.hpp"

namespace retort {
namespace {

struct Comparison {
  const char *more, *less, *same;
};

// "8.2 times faster" for a ratio of 8.2, "1.3 times slower" for one of 1 / 1.3.
std::string times(double ratio, const Comparison& words) {
  const double factor = std::max(ratio, 1 / ratio);
  if (factor < 1.05) return words.same;
  return fmt::format(
      "{} times {}",
      factor >= 99.5 ? thousands(std::llround(factor)) : fmt::format("{:.2g}", factor),
      ratio > 1 ? words.more : words.less);
}

std::string points(double share) {
  return fmt::format("{:.2f} points {} accurate", std::abs(100 * share),
                     share >= 0 ? "less" : "more");
}

std::string interval_text(const Spread& below) {
  if (below.count < 2) return "";
  return fmt::format(" (95 % interval over {} seeds: {:.2f} to {:.2f})", below.count,
                     100 * below.low, 100 * below.high);
}

std::string points_words(double points) {
  return fmt::format("{:.3g} {}", points, points == 1 ? "point" : "points");
}

// What a student has where it misses limits.
std::string missed_words(const CompressedModel& student, const CompressionLimits& limits) {
  std::vector<std::string> words;
  for (const Limit limit : missed_limits(student, limits)) {
    switch (limit) {
      case Limit::latency:
        words.push_back(significant(student.latency_ms) + " ms");
        break;
      case Limit::parameters:
        words.push_back(counted(student.parameters, "parameter", "parameters"));
        break;
      case Limit::accuracy_drop:
        words.push_back(points_words(100 * student.below.validation.mean) + " less accuracy");
        break;
    }
  }
  return join(words, " and ");
}

}  // namespace

std::string limits_text(const CompressionLimits& limits) {
  std::vector<std::string> words;
  if (limits.latency_ms) words.push_back(fmt::format("at most {:g} ms", *limits.latency_ms));
  if (limits.parameters) {
    words.push_back("at most " + counted(*limits.parameters, "parameter", "parameters"));
  }
  if (limits.accuracy_drop) {
    words.push_back(fmt::format("at most {} below the teacher on the validation images",
                                points_words(*limits.accuracy_drop)));
  }
  return join(words);
}

std::string compression_sentence(const Compression& one) {
  if (!one.chosen) {
    const CompressedModel& nearest = nearest_student(one.students, one.limits);
    return fmt::format("None of {} keeps to {}; the nearest, {}, has {}.",
                       counted(static_cast<int64_t>(one.students.size()), "student", "students"),
                       limits_text(one.limits), shortened(nearest.name, 60),
                       missed_words(nearest, one.limits));
  }
  const CompressedModel &student = one.students[*one.chosen], &teacher = one.teacher;
  const double size =
      static_cast<double>(teacher.parameters) / static_cast<double>(student.parameters);
  std::string text = fmt::format("The student with {} is {}", shortened(student.name, 60),
                                 times(size, {"smaller", "larger", "about as large"}));
  if (std::isfinite(teacher.latency_ms)) {
    text += ", " +
            times(teacher.latency_ms / student.latency_ms, {"faster", "slower", "about as fast"});
  }
  return text + fmt::format(" and {} than its teacher {}{}.", points(student.below.test.mean),
                            shortened(teacher.name, 40), interval_text(student.below.test));
}

std::string choice_sentence(const Compression& one) {
  if (!one.chosen) return "";
  const auto fitting = std::count_if(
      one.students.begin(), one.students.end(),
      [&](const CompressedModel& student) { return missed_limits(student, one.limits).empty(); });
  const std::string limits = limits_text(one.limits);
  const char* rule = one.limits.accuracy_drop ? "has the fewest parameters"
                                              : "is the most accurate on the validation images";
  const std::string why =
      limits.empty()
          ? fmt::format("Without limits: of {} students it {}.", one.students.size(), rule)
          : fmt::format(
                "Asked for: {}. Of {} students {}; of these it {}.", limits, one.students.size(),
                fitting == 1 ? "1 keeps to it" : fmt::format("{} keep to it", fitting), rule);
  return fmt::format(
      "{} Nothing was chosen by the test images. student.onnx is that of {}: {} on the test "
      "images.",
      why, shortened(one.chosen_cell(), 80), counted(one.chosen_errors(), "error", "errors"));
}

std::string accuracy_text(const Spread& accuracy) {
  if (accuracy.count == 0) return std::string(no_number);
  if (accuracy.count == 1) return percent(accuracy.mean);
  return fmt::format("{:.2f} ± {}", 100 * accuracy.mean, percent(accuracy.deviation));
}

std::string cost_name(CostKind kind) {
  switch (kind) {
    case CostKind::latency:
      return "ms for an image, one thread";
    case CostKind::parameters:
      return "parameters";
    case CostKind::macs:
      return "multiply-accumulates";
    case CostKind::file_bytes:
      return "bytes of the file";
  }
  return "";
}

}  // namespace retort
