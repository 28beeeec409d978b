#include "retort/model/onnx_layout.hpp"

#include <gtest/gtest.h>

namespace retort {
namespace {

// [length, N x heads, features] of attention.
OnnxLayout attention() {
  return {.sizes = {5, 2, 4}, .batch_axis = 1, .outer = 1};
}

TEST(OnnxLayout, TheBatchLeavesItsFactorsInTheirPlaces) {
  EXPECT_EQ(OnnxLayout::batch_first({3, 4}).stored(), (Shape{3, 4}));
  EXPECT_EQ(attention().stored(), (Shape{5, 2, 4}));
  EXPECT_EQ(attention().stored_axis(0), 0U);
  EXPECT_EQ(attention().stored_axis(2), 2U);
  EXPECT_EQ(attention().text(), "[5, 2 x N, 4]");
  const OnnxLayout both{.sizes = {3, 6, 7}, .batch_axis = 1, .outer = 2};
  EXPECT_EQ(both.stored(), (Shape{3, 2, 3, 7}));
  EXPECT_EQ(both.stored_axis(2), 3U);
  const OnnxLayout alone{.sizes = {3, 1, 7}, .batch_axis = 1};
  EXPECT_EQ(alone.stored(), (Shape{3, 7}));
  EXPECT_EQ(alone.stored_axis(2), 1U);
}

TEST(OnnxLayout, ReshapingKeepsWhatLiesBeforeTheBatch) {
  const auto rows = attention().reshaped({10, 4}, 0);
  ASSERT_TRUE(rows);
  EXPECT_EQ(rows->outer, 5);
  EXPECT_EQ(rows->stored(), (Shape{5, 2, 4}));
  EXPECT_EQ(attention().reshaped({5, 2, 4}, 0)->stored(), (Shape{5, 2, 4}));
  EXPECT_FALSE(attention().reshaped({5, 2, 4}, 2));  // 10 elements before it are not 5
  EXPECT_FALSE(attention().reshaped({2, 5, 4}, 1));  // nor are 2 a factor of 5
  EXPECT_FALSE(attention().reshaped({5, 2, 5}, 1));  // another count
  EXPECT_FALSE(attention().reshaped({0, 2, 4}, 1));
  EXPECT_FALSE(attention().reshaped({INT64_MAX, INT64_MAX, 40}, 0));
}

}  // namespace
}  // namespace retort
