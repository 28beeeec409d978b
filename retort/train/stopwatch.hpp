#pragma once

#include <chrono>

namespace retort {

/// Says how long something took, part by part.
class Stopwatch {
 public:
  /// already: seconds that were taken before, by an earlier part of the same work.
  explicit Stopwatch(double already = 0) : already_(already) {}
  /// Seconds since the last lap (or the start), added to `part`.
  void lap(double& part) {
    const Clock::time_point now = Clock::now();
    part += seconds(now - last_);
    last_ = now;
  }
  /// Seconds since the start, and those before it.
  double total() const { return already_ + seconds(Clock::now() - start_); }

 private:
  using Clock = std::chrono::steady_clock;
  static double seconds(Clock::duration duration) {
    return std::chrono::duration<double>(duration).count();
  }
  double already_;
  Clock::time_point start_ = Clock::now();
  Clock::time_point last_ = start_;
};

}  // namespace retort
