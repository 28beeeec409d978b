#pragma once

#include <string>

#include "retort/result/event_file.hpp"
#include "retort/result/training_record.hpp"

namespace retort {

/// The numbers of every epoch for other programs, in the folder of a run: metrics.jsonl, a line an
/// epoch (docs/metrics.md), and the same as scalars in events.out.tfevents.retort, which
/// TensorBoard draws. Both begin anew.
class MetricsLog {
 public:
  explicit MetricsLog(const Path& folder);
  /// Throws Error (resources) when the numbers could not be written.
  void write(const std::string& model, const EpochRecord& epoch);

 private:
  LineFile lines_;
  EventFile events_;
};

/// "student/loss" and so on: what TensorBoard shows of an epoch. What was not measured is left out.
Scalars scalars_of(const std::string& model, const EpochRecord& epoch);

}  // namespace retort
