#include "retort/result/percentile.hpp"

#include <gtest/gtest.h>

#include <cmath>

namespace retort {
namespace {

std::vector<double> whole_numbers(int64_t count) {
  std::vector<double> numbers;
  for (int64_t i = 1; i <= count; ++i) numbers.push_back(static_cast<double>(i));
  return numbers;
}

TEST(Percentile, IsTheNearestRank) {
  EXPECT_EQ(percentile({7}, 0.5), 7);
  EXPECT_EQ(percentile({7}, 0.99), 7);
  EXPECT_EQ(percentile({1, 2, 3, 4}, 0.5), 2);
  EXPECT_EQ(percentile({1, 2, 3, 4, 5}, 0.5), 3);
  EXPECT_EQ(percentile(whole_numbers(10), 0.9), 9);
  EXPECT_EQ(percentile(whole_numbers(11), 0.9), 10);
  EXPECT_EQ(percentile(whole_numbers(1000), 0.99), 990);
  EXPECT_EQ(percentile(whole_numbers(1000), 1), 1000);
}

// What MLPerf's load generator wrote into logs of published results.
TEST(Percentile, DiscardsAsManyAsMlperf) {
  EXPECT_EQ(discarded_above(2048, 0.9), 172);
  EXPECT_EQ(discarded_above(7469, 0.9), 685);
  EXPECT_EQ(discarded_above(1179125, 0.99), 11539);
  EXPECT_EQ(discarded_above(2091550, 0.99), 20579);
  EXPECT_EQ(fewest_queries(0.9), 64);
  EXPECT_EQ(fewest_queries(0.99), 662);
}

TEST(Percentile, BoundIsTheHighestThatIsLeft) {
  EXPECT_TRUE(std::isnan(percentile_at_most(whole_numbers(661), 0.99)));
  EXPECT_EQ(percentile_at_most(whole_numbers(662), 0.99), 662);
  EXPECT_EQ(percentile_at_most(whole_numbers(2048), 0.9), 2048 - 172);
}

}  // namespace
}  // namespace retort
