#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace retort {

/// One term of the objective: its mean over an epoch, before and after its weight.
struct TermValue {
  std::string name;
  double raw = 0;
  double weighted = 0;
  double gradient_norm = -1;  // of the weighted term at the epoch's last step; -1: not measured
  double kept = -1;  // share of the samples, where the term leaves some out; -1: it leaves out none
};

/// One point of a learning curve.
struct EpochRecord {
  int64_t epoch = 0;   // from 1
  int64_t step = 0;    // steps done
  int64_t images = 0;  // images seen, each time it was seen
  double learning_rate = 0;
  double loss = 0;  // weighted sum, mean over the epoch
  std::vector<TermValue> terms;
  double gradient_norm = -1;  // of the loss at the epoch's last step, before it is clipped
  // After the epoch; -1: not measured. Nothing is chosen by the test images.
  double validation_accuracy = -1;
  int64_t validation_errors = -1;
  double test_accuracy = -1;
  int64_t test_errors = -1;
  double images_per_second = 0;
};

/// Seconds of a training by what they went to.
struct TimeSpent {
  double data = 0, teacher = 0, forward = 0, loss = 0, backward = 0, optimiser = 0, evaluation = 0;
  double total = 0;  // wall clock

  TimeSpent& operator+=(const TimeSpent& more);
  /// The parts by name; "other" is what is left of the total.
  std::vector<std::pair<std::string, double>> parts() const;
};

/// How one model came to be.
struct TrainingRecord {
  std::vector<EpochRecord> epochs;
  TimeSpent time;
  std::vector<std::string> warnings;
  std::string images_fingerprint;  // of the images that it saw, with their transforms

  /// The epoch after which the fewest validation images were wrong, the first of equals; null where
  /// none was measured.
  const EpochRecord* best_on_validation() const;
  /// The same of the test images. A number that is chosen on the test images measures nothing.
  const EpochRecord* best_on_test() const;
};

}  // namespace retort
