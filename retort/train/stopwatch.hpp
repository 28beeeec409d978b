#pragma once

#include <chrono>

namespace retort {

/// Says how long something took, part by part.
class Stopwatch {
 public:
  /// Seconds since the last lap (or the start), added to `part`.
  void lap(double& part) {
    const Clock::time_point now = Clock::now();
    part += seconds(now - last_);
    last_ = now;
  }
  /// Seconds since the start.
  double total() const { return seconds(Clock::now() - start_); }

 private:
  using Clock = std::chrono::steady_clock;
  static double seconds(Clock::duration duration) {
    return std::chrono::duration<double>(duration).count();
  }
  Clock::time_point start_ = Clock::now();
  Clock::time_point last_ = start_;
};

}  // namespace retort
