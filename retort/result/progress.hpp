#pragma once

#include <cstdint>
#include <string>

#include "retort/result/training_record.hpp"

namespace retort {

/// Where a training stands.
struct TrainingStatus {
  std::string model;  // the teacher's name, "twin" or "student"
  int64_t step = 0, steps = 0;
  int64_t epoch = 0, epochs = 0;    // epoch counts from 1
  std::vector<TermValue> terms;     // means over the epoch so far
  double gradient_norm = -1;        // see EpochRecord
  double validation_accuracy = -1;  // of the latest epoch; -1: not measured
  double images_per_second = 0;
  double seconds_left = 0;
};

/// "student: epoch 3 of 50, cross_entropy 0.1234, weighted 0.0617, gradient 0.21, all gradients
/// 0.35, validation 97.12 %, 41000 images/s": a line about an epoch. Each term has its mean before
/// and after its weight, and the norm of its weighted gradient.
std::string status_line(const TrainingStatus& status);

/// Who wants to hear how the work goes. The library itself prints nothing.
class Progress {
 public:
  virtual ~Progress() = default;
  /// A step was done; called often, has to be cheap.
  virtual void training(const TrainingStatus&) {}
  /// An epoch ended.
  virtual void epoch_ended(const TrainingStatus&) {}
  /// A line about what happens next or has been found.
  virtual void note(const std::string&) {}
  /// Something that the user should look into.
  virtual void warning(const std::string&) {}
};

}  // namespace retort
