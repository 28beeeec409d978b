#pragma once

#include <string>

#include "retort/train/trainable.hpp"

namespace retort {

/// A teacher that the student is itself.
struct StudentAverageSettings {
  std::string teacher;  // its name in the objective
  double decay = 0.999;
};

/// The moving average of a student's weights, and of its running means, as its teacher: after n
/// steps average := d average + (1 - d) weights, d = min(decay, (1 + n) / (10 + n)), so that it
/// forgets its beginning. decay 0: the student as it is. (Tarvainen, Valpola 2017, "Mean teachers
/// are better role models".)
class StudentAverage {
 public:
  /// Begins with the student's weights as they are.
  /// wanted: the names that it answers.
  StudentAverage(StudentAverageSettings settings, Names wanted, Trainable& student);

  const std::string& teacher() const { return settings_.teacher; }
  /// Its answers, without a gradient and without dropout; the student is as before afterwards.
  NamedTensors answers(const Tensor& images, bool bf16);
  /// After a step of the student; steps: done so far.
  void follow(int64_t steps);
  /// The averaged weights, themselves and no copies.
  const NamedTensors& state() const { return average_; }

 private:
  StudentAverageSettings settings_;
  Names wanted_;
  Trainable& student_;
  NamedTensors average_;
};

}  // namespace retort
