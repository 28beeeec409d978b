#pragma once

#include <string>
#include <vector>

#include "retort/experiment/plan_recording.hpp"

namespace retort {

/// Rows of a recording that were computed again.
struct AuditReport {
  int64_t rows = 0;
  double largest_difference = 0;
};

/// What there is of a recording, and what was added to it just now.
struct RecordingReport {
  std::string teacher;
  Path folder;
  int64_t rows = 0, rows_of_all = 0, row_bytes = 0;
  int64_t recorded = 0;  // of them just now
  double seconds = 0;
  std::vector<std::string> warnings = {};  // shards that were missing or damaged
  AuditReport audit = {};
};

/// Asks a predictor for everything that is missing in its recording, view by view. Throws Error
/// (interrupted) when a stop is requested: what was recorded stays.
RecordingReport record(const std::string& name, const std::shared_ptr<const Predictor>& predictor,
                       const Names& tensors, const Dataset& images, const RecordingPlace& place,
                       Progress& progress);

/// Recomputes rows of a recording. Throws Error (verification) with the first that differs by more
/// than rounding: 1e-5 of the row's largest number and 1 (fp16: 1e-3).
AuditReport audit(std::shared_ptr<const Predictor> teacher, const Dataset& images,
                  const Path& folder, int64_t rows);

/// The teachers whose answers a student's objective reads, without those that are a recording alone
/// or the student itself. Throws Error (usage) for images that cannot be recorded.
Names teachers_to_record(const Plan& plan);

/// Throws Error (usage): nothing is there to record.
[[noreturn]] void refuse_nothing_to_record();

/// Records what the objective of a student reads of its teachers, for all views of its images; or,
/// with audited_rows > 0, only computes so many rows again.
std::vector<RecordingReport> record_teachers(const PlannedModel& student, const Teachers& teachers,
                                             const RunFolder& folder, int64_t audited_rows,
                                             Progress& progress);

/// Logits of a teacher that is not here as a recording. logits: .npy, [N, classes], or .safetensors
/// with "logits" and, where `numbers` is empty, perhaps "numbers"; numbers: .npy, [N], the sample
/// of each row, none: in order. Throws Error (data) for what does not fit the images.
RecordingReport import_logits(const Path& logits, const Path& numbers, const Dataset& images,
                              const Path& folder, const std::string& precision);

}  // namespace retort
