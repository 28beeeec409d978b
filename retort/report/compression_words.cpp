#include "retort/report/compression_words.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "retort/report/escape.hpp"
#include "retort/report/number_words.hpp"

namespace retort {
namespace {

// "8.2 times faster" for a ratio of 8.2, "1.3 times slower" for one of 1 / 1.3.
std::string times(double ratio, const char* more, const char* less) {
  const double factor = ratio >= 1 ? ratio : 1 / ratio;
  return fmt::format(
      "{} times {}",
      factor >= 99.5 ? thousands(std::llround(factor)) : fmt::format("{:.2g}", factor),
      ratio >= 1 ? more : less);
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

// The student that misses the fewest limits, the first of equals.
const CompressedModel& nearest_student(const Compression& one) {
  return *std::min_element(one.students.begin(), one.students.end(),
                           [&](const CompressedModel& a, const CompressedModel& b) {
                             return missed_limits(a, one.limits).size() <
                                    missed_limits(b, one.limits).size();
                           });
}

}  // namespace

std::string limits_text(const CompressionLimits& limits) {
  std::vector<std::string> words;
  if (limits.latency_ms) words.push_back(fmt::format("at most {:g} ms", *limits.latency_ms));
  if (limits.parameters) {
    words.push_back(fmt::format("at most {} parameters", thousands(*limits.parameters)));
  }
  if (limits.accuracy_drop) {
    words.push_back(fmt::format("at most {:g} points below the teacher on the validation images",
                                *limits.accuracy_drop));
  }
  return join(words);
}

std::string compression_sentence(const Compression& one) {
  if (!one.chosen) {
    const CompressedModel& nearest = nearest_student(one);
    return fmt::format("None of {} students keeps to {}; the nearest, {}, has {}.",
                       one.students.size(), limits_text(one.limits), shortened(nearest.name, 60),
                       join(missed_limits(nearest, one.limits)));
  }
  const CompressedModel &student = one.students[*one.chosen], &teacher = one.teacher;
  std::string text = fmt::format(
      "The student {} is {}", shortened(student.name, 60),
      times(static_cast<double>(teacher.parameters) / static_cast<double>(student.parameters),
            "smaller", "larger"));
  if (std::isfinite(teacher.latency_ms)) {
    text += ", " + times(teacher.latency_ms / student.latency_ms, "faster", "slower");
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
