#include "retort/config/field.hpp"

#include <gtest/gtest.h>

namespace retort {
namespace {

TEST(Range, HoldsItsEndsOrNot) {
  EXPECT_TRUE(Range::at_least(1).holds(1));
  EXPECT_FALSE(Range::at_least(1).holds(0.999));
  EXPECT_FALSE(Range::above(0).holds(0));
  EXPECT_TRUE(Range::above(0).holds(1e-300));
  EXPECT_TRUE(Range::between(0, 1).holds(0));
  EXPECT_TRUE(Range::between(0, 1).holds(1));
  EXPECT_FALSE(Range::between(0, 1).holds(1.001));
  EXPECT_TRUE(Range::any().holds(-1e300));
}

TEST(Range, HoldsNumbersOnly) {
  EXPECT_FALSE(Range::any().holds(std::numeric_limits<double>::quiet_NaN()));
  EXPECT_FALSE(Range::any().holds(std::numeric_limits<double>::infinity()));
}

TEST(Range, SaysWhatItHolds) {
  EXPECT_EQ(Range::any().text(), "");
  EXPECT_EQ(Range::above(0).text(), "> 0");
  EXPECT_EQ(Range::at_least(1).text(), ">= 1");
  EXPECT_EQ(Range::between(0, 1).text(), "0 .. 1");
  EXPECT_EQ(Range::between(1, 1 << 20).text(), "1 .. 1048576");
  EXPECT_EQ((Range{.most = 5}).text(), "<= 5");
  EXPECT_EQ((Range{.least = 0, .most = 1, .least_included = false}).text(), "above 0 .. 1");
}

}  // namespace
}  // namespace retort
