#include "retort/result/statistics.hpp"

#include <gtest/gtest.h>

#include <cmath>

namespace retort {
namespace {

// Two-sided 95 % and 99 % points of Student's t as printed in tables.
TEST(StudentT, QuantilesAreThoseOfPrintedTables) {
  const struct {
    int64_t freedom;
    double t95, t99;
  } rows[] = {{1, 12.706, 63.657}, {2, 4.303, 9.925},   {3, 3.182, 5.841},   {4, 2.776, 4.604},
              {5, 2.571, 4.032},   {9, 2.262, 3.250},   {10, 2.228, 3.169},  {30, 2.042, 2.750},
              {60, 2.000, 2.660},  {120, 1.980, 2.617}, {1000, 1.962, 2.581}};
  for (const auto& row : rows) {
    EXPECT_NEAR(student_t_quantile(0.95, row.freedom), row.t95, 6e-4) << row.freedom;
    EXPECT_NEAR(student_t_quantile(0.99, row.freedom), row.t99, 6e-4) << row.freedom;
  }
}

// With one degree of freedom T is Cauchy's, with two P(|T| <= t) = t / sqrt(2 + t^2).
TEST(StudentT, IsTheClosedFormsOfOneAndTwo) {
  for (const double t : {0.0, 0.1, 1.0, 3.0, 50.0}) {
    EXPECT_NEAR(student_t_within(t, 1), 2 / M_PI * std::atan(t), 1e-14);
    EXPECT_NEAR(student_t_within(t, 2), t / std::sqrt(2 + t * t), 1e-14);
  }
}

TEST(Spread, OfFiveNumbers) {
  // Deviations -2 .. 2: variance 10 / 4; 2.776 is the t of four degrees of freedom.
  const Spread spread = spread_of({11, 13, 12, 15, 14});
  EXPECT_EQ(spread.count, 5);
  EXPECT_EQ(spread.mean, 13);
  EXPECT_NEAR(spread.deviation, std::sqrt(2.5), 1e-14);
  EXPECT_NEAR(spread.high - spread.mean, 2.776 * std::sqrt(2.5 / 5), 1e-3);
  EXPECT_NEAR(spread.low + spread.high, 26, 1e-12);
}

TEST(Spread, OfFewNumbersSaysWhatItCan) {
  EXPECT_EQ(spread_of({}).count, 0);
  EXPECT_TRUE(std::isnan(spread_of({}).mean));
  const Spread one = spread_of({7});
  EXPECT_EQ(one.mean, 7);
  EXPECT_TRUE(std::isnan(one.deviation));
  EXPECT_TRUE(std::isnan(one.low));
  const Spread same = spread_of({7, 7});
  EXPECT_EQ(same.deviation, 0);
  EXPECT_EQ(same.high, 7);
}

// The sums of binomial coefficients, counted by hand.
TEST(McNemar, IsTheSumOfBinomialCoefficients) {
  for (const int64_t n : {0, 1, 5, 30, 83, 1000}) {  // exactly: n + 1 and n are as even as can be
    EXPECT_EQ(mcnemar_p(n, n), 1);
    EXPECT_EQ(mcnemar_p(n, n + 1), 1);
    EXPECT_EQ(mcnemar_p(n + 1, n), 1);
  }
  EXPECT_NEAR(mcnemar_p(0, 6), 2.0 / 64, 1e-12);
  EXPECT_NEAR(mcnemar_p(1, 7), 2.0 * (1 + 8) / 256, 1e-12);
  EXPECT_NEAR(mcnemar_p(7, 1), 2.0 * (1 + 8) / 256, 1e-12);
  EXPECT_NEAR(mcnemar_p(3, 9), 2.0 * (1 + 12 + 66 + 220) / 4096, 1e-12);
}

// For many samples the exact p nears that of (|b - c| - 1)^2 / (b + c) as a chi-square.
TEST(McNemar, NearsTheChiSquareOfManySamples) {
  const double chi = (std::abs(1050.0 - 950.0) - 1) / std::sqrt(2000.0);
  EXPECT_NEAR(mcnemar_p(1050, 950), std::erfc(chi / std::sqrt(2.0)), 1e-4);
  EXPECT_GT(mcnemar_p(0, 900), 0);
  EXPECT_EQ(mcnemar_p(0, 100000), 0);
}

}  // namespace
}  // namespace retort
