#include "retort/report/number_words.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

namespace retort {
namespace {

TEST(NumberWords, Thousands) {
  EXPECT_EQ(thousands(0), "0");
  EXPECT_EQ(thousands(999), "999");
  EXPECT_EQ(thousands(10000), "10,000");
  EXPECT_EQ(thousands(1234567), "1,234,567");
  EXPECT_EQ(thousands(-123456), "-123,456");
  EXPECT_EQ(thousands(std::numeric_limits<int64_t>::min()), "-9,223,372,036,854,775,808");
}

TEST(NumberWords, Percent) {
  EXPECT_EQ(percent(0.9754), "97.54\u00A0%");
  EXPECT_EQ(percent(1, 0), "100\u00A0%");
  EXPECT_EQ(percent(NAN), no_number);
}

TEST(NumberWords, Significant) {
  EXPECT_EQ(significant(0.012345), "0.0123");
  EXPECT_EQ(significant(4), "4");
  EXPECT_EQ(significant(INFINITY), no_number);
}

TEST(NumberWords, Scaled) {
  EXPECT_EQ(scaled(0), "0");
  EXPECT_EQ(scaled(999), "999");
  EXPECT_EQ(scaled(477700), "478\u00A0k");
  EXPECT_EQ(scaled(999900), "1\u00A0M");
  EXPECT_EQ(scaled(9582040, "B"), "9.58\u00A0MB");
  EXPECT_EQ(scaled(12, "B"), "12\u00A0B");
  EXPECT_EQ(scaled(99.7), "100");
}

TEST(NumberWords, Seconds) {
  EXPECT_EQ(seconds_words(12.34), "12.3\u00A0s");
  EXPECT_EQ(seconds_words(59.97), "1\u00A0min 0\u00A0s");
  EXPECT_EQ(seconds_words(250), "4\u00A0min 10\u00A0s");
  EXPECT_EQ(seconds_words(7380), "2\u00A0h 3\u00A0min");
  EXPECT_EQ(seconds_words(NAN), no_number);
}

// Expected: the roots of (p - q)^2 = z^2 q (1 - q) / n, solved in Python.
TEST(WilsonInterval, IsWhereTheTestTurns) {
  EXPECT_NEAR(wilson_interval(9, 10).first, 0.5958499732047616, 1e-12);
  EXPECT_NEAR(wilson_interval(9, 10).second, 0.9821237869049271, 1e-12);
  EXPECT_EQ(wilson_interval(0, 10).first, 0);
  EXPECT_NEAR(wilson_interval(0, 10).second, 0.2775327998628892, 1e-12);
  EXPECT_NEAR(wilson_interval(9754, 10000).first, 0.9721765089971809, 1e-12);
  EXPECT_DOUBLE_EQ(wilson_interval(10, 10).second, 1);
}

}  // namespace
}  // namespace retort
