#pragma once

#include "retort/train/checkpoint.hpp"
#include "retort/train/epoch_totals.hpp"
#include "retort/train/optimiser.hpp"
#include "retort/train/student_average.hpp"
#include "retort/train/trainable.hpp"

namespace retort {

/// The parts of a running training that its steps change. Everything else is a function of the
/// step.
struct TrainingState {
  Trainable& student;
  Optimiser& optimiser;
  EpochTotals& totals;
  const std::vector<StudentAverage>& averages;
  TrainingRecord& record;

  /// Where the training stands. The tensors are the parts' own, not copies.
  Checkpoint checkpoint(int64_t step) const;
  /// Puts a checkpoint into the parts. Throws Error (model) when it does not fit them.
  void restore(const Checkpoint& checkpoint) const;
};

}  // namespace retort
