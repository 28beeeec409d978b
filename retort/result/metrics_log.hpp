#pragma once

#include <memory>
#include <string>

#include "retort/base/file.hpp"
#include "retort/result/event_file.hpp"
#include "retort/result/training_record.hpp"

namespace retort {

/// The numbers of every epoch for other programs, in the folder of a run: metrics.jsonl, a line an
/// epoch (docs/metrics.md), and the same as scalars in events.out.tfevents.retort, which
/// TensorBoard draws. Both are made anew from the records of the models when a training begins, so
/// that every epoch stands there once however often a run was stopped.
class MetricsLog {
 public:
  explicit MetricsLog(Path folder) : folder_(std::move(folder)) {}
  /// A model that is finished.
  void add(const std::string& model, const TrainingRecord& record);
  /// The files, with the finished models and what there is of the one that is trained now; its
  /// further epochs follow by `write`. Throws Error (resources), as all below.
  void begin(const std::string& model, const TrainingRecord& so_far);
  void write(const std::string& model, const EpochRecord& epoch);
  /// The files, with the finished models.
  void close();

 private:
  void make_files(const std::string& more_lines, const std::string& more_events);
  Path folder_;
  std::string lines_, events_;  // of the finished models
  std::unique_ptr<LineFile> line_file_, event_file_;
};

/// "student/loss" and so on: what TensorBoard shows of an epoch. What was not measured is left out.
Scalars scalars_of(const std::string& model, const EpochRecord& epoch);

}  // namespace retort
