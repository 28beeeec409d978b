#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

namespace retort {

/// Randomness as a function of (seed, purpose, key): no hidden state, so the number of workers does
/// not matter and nothing has to be saved for a resume. Keys are derived with SplitMix64's
/// finaliser (Steele, Lea, Flood 2014, "Fast splittable pseudorandom number generators").
class RandomKey {
 public:
  RandomKey(uint64_t seed, std::string_view purpose);
  /// The key of one part of this purpose: an epoch, a step, a sample.
  RandomKey with(uint64_t part) const;
  uint64_t value() const { return value_; }

 private:
  explicit RandomKey(uint64_t value) : value_(value) {}
  uint64_t value_;
};

/// Numbers drawn one after the other from a key.
class Random {
 public:
  explicit Random(RandomKey key) : state_(key.value()) {}
  uint64_t bits();
  /// Uniform in [0, 1), 53 bits.
  double uniform();
  /// Uniform in [0, count) without bias (Lemire 2019).
  uint64_t below(uint64_t count);
  /// Standard normal (Box and Muller 1958).
  double normal();
  /// Beta(alpha, alpha), alpha > 0: the share of one of two equal gamma variates (Marsaglia and
  /// Tsang 2000).
  double beta(double alpha);

 private:
  double log_gamma(double shape);
  uint64_t state_;
};

/// 0 .. count-1 in random order (Fisher and Yates).
std::vector<int64_t> random_permutation(int64_t count, RandomKey key);

}  // namespace retort
