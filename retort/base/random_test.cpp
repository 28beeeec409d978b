#include "retort/base/random.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <numeric>
#include <set>

namespace retort {
namespace {

constexpr int draws = 100000;

TEST(RandomKey, IsAFunctionOfItsParts) {
  const RandomKey key(1, "order");
  EXPECT_EQ(key.value(), RandomKey(1, "order").value());
  EXPECT_EQ(key.with(3).with(4).value(), RandomKey(1, "order").with(3).with(4).value());
}

TEST(RandomKey, EveryPartMatters) {
  const RandomKey key(1, "order");
  std::set<uint64_t> values = {key.value(), RandomKey(2, "order").value(),
                               RandomKey(1, "dropout").value(), RandomKey(1, "").value()};
  EXPECT_EQ(values.size(), 4u);
  for (uint64_t a = 0; a < 50; ++a) {
    for (uint64_t b = 0; b < 50; ++b) values.insert(key.with(a).with(b).value());
  }
  EXPECT_EQ(values.size(), 4u + 2500u);
}

TEST(Random, StartsAfreshFromItsKey) {
  const RandomKey key(7, "test");
  Random first(key), second(key);
  for (int i = 0; i < 100; ++i) EXPECT_EQ(first.bits(), second.bits());
}

// Bounds of five standard deviations of the mean; the keys are fixed, so nothing is left to chance.
TEST(Random, UniformHasMeanAndVarianceOfItsLaw) {
  Random random(RandomKey(1, "uniform"));
  double sum = 0, squares = 0;
  for (int i = 0; i < draws; ++i) {
    const double value = random.uniform();
    ASSERT_GE(value, 0);
    ASSERT_LT(value, 1);
    sum += value;
    squares += value * value;
  }
  const double mean = sum / draws;
  EXPECT_NEAR(mean, 0.5, 5 * std::sqrt(1.0 / 12 / draws));
  EXPECT_NEAR(squares / draws - mean * mean, 1.0 / 12, 5 * std::sqrt(1.0 / 180 / draws));
}

TEST(Random, NormalHasTheMomentsOfItsLaw) {
  Random random(RandomKey(1, "normal"));
  double sum = 0, squares = 0, fourth = 0;
  int within_one = 0;
  for (int i = 0; i < draws; ++i) {
    const double value = random.normal();
    ASSERT_TRUE(std::isfinite(value));
    sum += value;
    squares += value * value;
    fourth += value * value * value * value;
    within_one += std::abs(value) < 1 ? 1 : 0;
  }
  EXPECT_NEAR(sum / draws, 0, 5 * std::sqrt(1.0 / draws));
  EXPECT_NEAR(squares / draws, 1, 5 * std::sqrt(2.0 / draws));
  EXPECT_NEAR(fourth / draws, 3, 5 * std::sqrt(96.0 / draws));
  EXPECT_NEAR(1.0 * within_one / draws, 0.682689, 5 * std::sqrt(0.2166 / draws));
}

TEST(Random, BetaHasTheMomentsOfItsLaw) {
  for (const double alpha : {0.1, 0.5, 1.0, 2.0, 20.0}) {
    Random random(RandomKey(1, "beta"));
    double sum = 0, squares = 0;
    for (int i = 0; i < draws; ++i) {
      const double value = random.beta(alpha);
      ASSERT_GE(value, 0);
      ASSERT_LE(value, 1);
      sum += value;
      squares += (value - 0.5) * (value - 0.5);
    }
    const double variance = 1 / (4 * (2 * alpha + 1));
    EXPECT_NEAR(sum / draws, 0.5, 5 * std::sqrt(variance / draws)) << alpha;
    // The fourth central moment of any law on [0, 1] with this variance is at most variance / 4.
    EXPECT_NEAR(squares / draws, variance, 5 * std::sqrt(variance / 4 / draws)) << alpha;
  }
}

// Uniform for alpha = 1: every tenth equally often.
TEST(Random, BetaOfOneIsUniform) {
  Random random(RandomKey(2, "beta"));
  std::vector<double> counts(10);
  for (int i = 0; i < draws; ++i)
    counts.at(static_cast<size_t>(std::min(9.0, 10 * random.beta(1)))) += 1;
  double statistic = 0;
  for (const double count : counts) {
    statistic += (count - draws / 10.0) * (count - draws / 10.0) / (draws / 10.0);
  }
  EXPECT_LT(statistic, 33.7);
}

// Pearson's statistic of ten equally likely values; 33.7 is passed once in 10 000 keys.
TEST(Random, BelowTakesEveryValueEquallyOften) {
  Random random(RandomKey(1, "below"));
  std::vector<double> counts(10);
  for (int i = 0; i < draws; ++i) counts.at(random.below(10)) += 1;
  double statistic = 0;
  for (const double count : counts) {
    statistic += (count - draws / 10.0) * (count - draws / 10.0) / (draws / 10.0);
  }
  EXPECT_LT(statistic, 33.7);
}

// With 3 * 2^62 values, taking bits modulo the count would give the lowest third half of all draws.
TEST(Random, BelowIsWithoutBiasForHugeCounts) {
  Random random(RandomKey(1, "huge"));
  const uint64_t third = uint64_t{1} << 62;
  int low = 0;
  for (int i = 0; i < draws; ++i) {
    const uint64_t value = random.below(3 * third);
    ASSERT_LT(value, 3 * third);
    low += value < third ? 1 : 0;
  }
  EXPECT_NEAR(1.0 * low / draws, 1.0 / 3, 5 * std::sqrt(2.0 / 9 / draws));
}

TEST(Random, BelowOneIsZero) {
  Random random(RandomKey(1, "one"));
  for (int i = 0; i < 100; ++i) EXPECT_EQ(random.below(1), 0u);
}

TEST(RandomPermutation, HoldsEveryNumberOnce) {
  for (const int64_t count : {0, 1, 2, 1000}) {
    std::vector<int64_t> order = random_permutation(count, RandomKey(1, "order"));
    std::vector<int64_t> all(static_cast<size_t>(count));
    std::iota(all.begin(), all.end(), int64_t{0});
    EXPECT_TRUE(std::is_permutation(order.begin(), order.end(), all.begin(), all.end())) << count;
  }
}

TEST(RandomPermutation, DependsOnTheKeyAlone) {
  const RandomKey key(1, "order");
  EXPECT_EQ(random_permutation(100, key.with(1)), random_permutation(100, key.with(1)));
  EXPECT_NE(random_permutation(100, key.with(1)), random_permutation(100, key.with(2)));
}

// Six orders of three; 25.7 is passed once in 10 000 keys.
TEST(RandomPermutation, EveryOrderIsEquallyLikely) {
  std::map<std::vector<int64_t>, double> counts;
  const int times = 6000;
  for (uint64_t i = 0; i < times; ++i) {
    counts[random_permutation(3, RandomKey(1, "order").with(i))] += 1;
  }
  ASSERT_EQ(counts.size(), 6u);
  double statistic = 0;
  for (const auto& [order, count] : counts) statistic += (count - 1000) * (count - 1000) / 1000;
  EXPECT_LT(statistic, 25.7);
}

}  // namespace
}  // namespace retort
