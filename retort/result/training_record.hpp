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
};

/// One point of a learning curve.
struct EpochRecord {
  int64_t epoch = 0;  // from 1
  int64_t step = 0;   // steps done
  double learning_rate = 0;
  double loss = 0;  // weighted sum, mean over the epoch
  std::vector<TermValue> terms;
  double validation_accuracy = -1;  // -1: not measured
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
};

}  // namespace retort
