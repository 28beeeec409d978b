#pragma once

#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "retort/result/run_result.hpp"
#include "retort/result/statistics.hpp"

namespace retort {

/// What the student has to keep to. Without a value there is no limit.
struct CompressionLimits {
  std::optional<double> latency_ms;   // p90 of single images on one thread, at most
  std::optional<int64_t> parameters;  // at most
  std::optional<double>
      accuracy_drop;  // points below the teacher on the validation images, at most
};

/// A model's accuracies over the seeds: shares of the images.
struct Accuracies {
  Spread validation, test;
};

/// A teacher, or the students of one size.
struct CompressedModel {
  std::string name;  // the teacher's, or the values that tell a size apart: "widths=30-30"
  std::string file;  // whose latency was measured; empty: a teacher that has none
  int64_t parameters = 0;
  int64_t macs = 0;        // of an image
  int64_t file_bytes = 0;  // 0: no file
  // p90 of single images, on one thread and on all; NaN: no file
  double latency_ms = std::numeric_limits<double>::quiet_NaN();
  double latency_all_ms = std::numeric_limits<double>::quiet_NaN();
  Accuracies accuracy;
  Accuracies twin;   // of the same network taught by the labels alone; count 0: none
  Accuracies below;  // the teacher's accuracy less this one's, of the same seed; shares
  std::vector<std::string> cells;             // run folders in the sweep's, one a seed
  std::vector<double> validation_accuracies;  // of each
  std::vector<int64_t> test_errors;           // of each
};

/// A teacher and students of several sizes, and which of them was chosen.
struct Compression {
  std::string name;
  CompressionLimits limits;
  CompressedModel teacher;
  std::vector<CompressedModel> students;
  std::optional<size_t> chosen;  // of the students
  Environment environment;

  /// The chosen student's run folder, and its errors on the test images: those of the seed that is
  /// best on the validation images.
  const std::string& chosen_cell() const { return students[*chosen].cells[chosen_seed()]; }
  int64_t chosen_errors() const { return students[*chosen].test_errors[chosen_seed()]; }
  size_t chosen_seed() const;  // by its position
};

/// Costs that a student may save.
enum class CostKind { latency, parameters, macs, file_bytes };
inline constexpr CostKind cost_kinds[] = {CostKind::latency, CostKind::parameters, CostKind::macs,
                                          CostKind::file_bytes};
double cost_of(const CompressedModel& model, CostKind kind);

enum class Limit { latency, parameters, accuracy_drop };

/// The limits that a student does not keep to. What was not measured keeps to none.
std::vector<Limit> missed_limits(const CompressedModel& student, const CompressionLimits& limits);

/// The student that misses the fewest limits, and those by least; wants at least one student.
const CompressedModel& nearest_student(const std::vector<CompressedModel>& students,
                                       const CompressionLimits& limits);

/// Which student to take, by the validation images alone. Where a loss of accuracy is allowed, the
/// one with the fewest parameters that keeps to all limits; else the most accurate one that does.
/// Of equals the quicker one. Nothing when none does.
std::optional<size_t> choose_student(const std::vector<CompressedModel>& students,
                                     const CompressionLimits& limits);

/// Which of the points (cost, gain) no other one beats: none costs no more and gains no less, and
/// one of the two strictly. Points that are no numbers are not on it.
std::vector<bool> pareto_front(const std::vector<std::pair<double, double>>& points);

/// The same of the students: by a cost and the accuracy on the validation images.
std::vector<bool> student_front(const std::vector<CompressedModel>& students, CostKind kind);

/// compress.json (schema 1, docs/uses/compress.md), and back. NaN becomes null.
std::string compression_json(const Compression& compression);
/// Throws Error (data) when the file is missing or is no such record.
Compression read_compression(const Path& path);

}  // namespace retort
