#include "retort/evaluate/near_duplicates.hpp"

#include <gtest/gtest.h>

#include "retort/data/byte_images.hpp"

namespace retort {
namespace {

DatasetPointer images(const Shape& shape, std::vector<uint8_t> pixels) {
  return std::make_shared<ByteImages>(shape, std::move(pixels), std::vector<uint8_t>(), Classes{});
}

TEST(NearestImages, BrightnessAndContrastDoNotMatter) {
  const auto others = images({1, 2, 2}, {0, 0, 0, 200, 10, 200, 10, 10});
  const auto asked = images({1, 2, 2}, {20, 60, 20, 20, 90, 90, 90, 90, 5, 5, 5, 15});
  const std::vector<Nearest> nearest = nearest_images(*asked, *others);
  ASSERT_EQ(nearest.size(), 3U);
  EXPECT_EQ(nearest[0].index, 1);
  EXPECT_NEAR(nearest[0].correlation, 1, 1e-6);
  EXPECT_EQ(nearest[1].correlation, 0) << "of one colour";
  EXPECT_EQ(nearest[2].index, 0);
  EXPECT_NEAR(nearest[2].correlation, 1, 1e-6);
}

// Pearson's correlation of (0, 1, 2, 3) and (0, 2, 1, 3) is 0.8.
TEST(NearestImages, IsPearsonsCorrelation) {
  const auto nearest =
      nearest_images(*images({1, 1, 4}, {0, 1, 2, 3}), *images({1, 1, 4}, {0, 2, 1, 3}));
  EXPECT_NEAR(nearest[0].correlation, 0.8, 1e-6);
}

TEST(NearestImages, ColoursAreAddedUp) {
  const auto nearest = nearest_images(*images({3, 1, 2}, {9, 0, 0, 0, 0, 0}),
                                      *images({3, 1, 2}, {0, 0, 0, 9, 0, 0, 0, 0, 7, 0, 0, 0}));
  EXPECT_EQ(nearest[0].index, 1);
  EXPECT_NEAR(nearest[0].correlation, 1, 1e-6);
}

}  // namespace
}  // namespace retort
