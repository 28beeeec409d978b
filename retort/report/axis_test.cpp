#include "retort/report/axis.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

namespace retort {
namespace {

using testing::DoubleEq;
using testing::ElementsAre;
using testing::Pointwise;

TEST(Axis, RoundTicksAroundTheNumbers) {
  const Axis axis = round_axis(0, 0.93, 0, 100);
  EXPECT_THAT(axis.ticks, Pointwise(DoubleEq(), {0.0, 0.5, 1.0}));
  EXPECT_DOUBLE_EQ(axis.at(0.25), 25);
  EXPECT_THAT(round_axis(-1, 1, 0, 1).ticks, Pointwise(DoubleEq(), {-1.0, -0.5, 0.0, 0.5, 1.0}));
}

TEST(Axis, OneNumberHasRoom) {
  for (const double number : {0.0, 5.0, -5.0, 1e-9}) {
    const Axis axis = round_axis(number, number, 0, 1);
    EXPECT_LT(axis.low, number);
    EXPECT_GT(axis.high, number);
    EXPECT_TRUE(std::isfinite(axis.at(number)));
  }
}

TEST(Axis, EndsWhereDoublesAreFarApart) {
  EXPECT_LE(round_axis(1e16, 1e16 + 2, 0, 1).ticks.size(), 10);
  EXPECT_LE(round_axis(-1e308, 1e308, 0, 1).ticks.size(), 10);
}

TEST(Axis, WholeTicks) {
  EXPECT_THAT(whole_axis(0, 2, 0, 1).ticks, ElementsAre(0, 1, 2));
  EXPECT_THAT(whole_axis(0, 20, 0, 1).ticks, ElementsAre(0, 5, 10, 15, 20));
}

TEST(Axis, LogarithmicTicks) {
  const Axis axis = logarithmic_axis(0.015, 0.3, 0, 100);
  EXPECT_THAT(axis.ticks, Pointwise(DoubleEq(), {0.01, 0.02, 0.05, 0.1, 0.2, 0.5}));
  EXPECT_NEAR(axis.at(std::sqrt(0.01 * 0.5)), 50, 1e-9);
  const Axis wide = logarithmic_axis(1e-30, 1e10, 0, 1);
  EXPECT_LE(wide.ticks.size(), 8);
  EXPECT_GE(wide.ticks.size(), 3);
}

// Every axis covers what it was made for, so that no curve leaves its drawing.
TEST(Axis, HoldsItsNumbers) {
  for (double low = 1e-4; low < 1e4; low *= 1.7) {
    for (double ratio = 1.01; ratio < 1e5; ratio *= 1.9) {
      for (const Axis& axis :
           {round_axis(low, low * ratio, 0, 1), logarithmic_axis(low, low * ratio, 0, 1)}) {
        EXPECT_GE(axis.at(low), -1e-6) << low << " " << ratio;
        EXPECT_LE(axis.at(low * ratio), 1 + 1e-6) << low << " " << ratio;
        EXPECT_GE(axis.ticks.size(), 2);
        EXPECT_LE(axis.ticks.size(), 9) << low << " " << ratio;
      }
    }
  }
}

}  // namespace
}  // namespace retort
