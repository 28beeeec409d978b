#include "retort/data/transforms.hpp"

#include <gmock/gmock.h>

#include <numeric>
#include <set>

#include "retort/base/error.hpp"
#include "retort/data/images_for_tests.hpp"

namespace retort {
namespace {

using test::NumberedImages;
using test::pixels_of;
using testing::ElementsAre;

std::shared_ptr<NumberedImages> images_of(Shape shape, int64_t views = 1) {
  return std::make_shared<NumberedImages>(std::vector<int64_t>{0, 1, 0}, std::move(shape), views);
}

Transform shift_by(int64_t pixels) {
  return {Shift{.pixels = pixels}};
}

// One pixel after the other, as the definition says it.
std::vector<float> shifted_slowly(const std::vector<float>& from, const Shape& shape, int64_t dx,
                                  int64_t dy) {
  std::vector<float> to(from.size(), 0.0F);
  for (int64_t c = 0; c < shape[0]; ++c) {
    for (int64_t y = 0; y < shape[1]; ++y) {
      for (int64_t x = 0; x < shape[2]; ++x) {
        const int64_t sx = x - dx, sy = y - dy;
        if (sx < 0 || sx >= shape[2] || sy < 0 || sy >= shape[1]) continue;
        to[static_cast<size_t>((c * shape[1] + y) * shape[2] + x)] =
            from[static_cast<size_t>((c * shape[1] + sy) * shape[2] + sx)];
      }
    }
  }
  return to;
}

TEST(Shift, MovesRightAndDownAndFillsWithZero) {
  const Shape shape = {1, 2, 3};
  std::vector<float> image = {1, 2, 3, 4, 5, 6};
  // Views of 1 pixel: 3 * (dy + 1) + (dx + 1).
  Shift{.pixels = 1}.apply(image, shape, 8);
  EXPECT_THAT(image, ElementsAre(0, 0, 0, 0, 1, 2));
  image = {1, 2, 3, 4, 5, 6};
  Shift{.pixels = 1}.apply(image, shape, 0);
  EXPECT_THAT(image, ElementsAre(5, 6, 0, 0, 0, 0));
  image = {1, 2, 3, 4, 5, 6};
  Shift{.pixels = 1}.apply(image, shape, 4);
  EXPECT_THAT(image, ElementsAre(1, 2, 3, 4, 5, 6));
}

// Further than the image is wide, several channels, height and width apart.
TEST(Shift, EveryViewIsAnotherMoveOfTheDefinition) {
  const Shape shape = {2, 3, 4};
  std::vector<float> image(24);
  std::iota(image.begin(), image.end(), 1.0F);
  const Shift shift{.pixels = 5};
  ASSERT_EQ(shift.views(), 121);
  std::multiset<std::vector<float>> wanted, came;
  for (int64_t view = 0; view < shift.views(); ++view) {
    std::vector<float> moved = image;
    shift.apply(moved, shape, view);
    came.insert(moved);
    wanted.insert(shifted_slowly(image, shape, view % 11 - 5, view / 11 - 5));
  }
  EXPECT_EQ(came, wanted);
  EXPECT_EQ(std::set(came.begin(), came.end()).size(), 5U * 7U + 1U);  // and one black image
}

TEST(Shift, ByNothingHasOneView) {
  std::vector<float> image = {1, 2};
  EXPECT_EQ(Shift{.pixels = 0}.views(), 1);
  Shift{.pixels = 0}.apply(image, {1, 1, 2}, 0);
  EXPECT_THAT(image, ElementsAre(1, 2));
}

TEST(Transformed, WithoutTransformsIsTheDataSetItself) {
  const DatasetPointer images = images_of({1, 1, 2});
  EXPECT_EQ(transformed(images, {}), images);
}

TEST(Transformed, ViewsAreAllCombinationsAndTheLowestDigitIsTheDataSets) {
  const DatasetPointer plain = images_of({1, 3, 4}, /*views=*/2);
  const DatasetPointer both = transformed(plain, {shift_by(1), shift_by(2)});
  ASSERT_EQ(both->views(), 2 * 9 * 25);
  for (int64_t first = 0; first < 9; ++first) {
    for (int64_t second = 0; second < 25; ++second) {
      std::vector<float> wanted = pixels_of(*plain, {2, 1});
      wanted = shifted_slowly(wanted, {1, 3, 4}, first % 3 - 1, first / 3 - 1);
      wanted = shifted_slowly(wanted, {1, 3, 4}, second % 5 - 2, second / 5 - 2);
      ASSERT_EQ(pixels_of(*both, {2, 1 + 2 * (first + 9 * second)}), wanted)
          << first << " " << second;
    }
  }
}

TEST(Transformed, KeepsLabelsAndClasses) {
  const DatasetPointer plain = images_of({1, 1, 2});
  const DatasetPointer moved = transformed(plain, {shift_by(1)});
  EXPECT_EQ(moved->size(), 3);
  EXPECT_EQ(moved->label(1), 1);
  EXPECT_EQ(moved->classes(), plain->classes());
  EXPECT_EQ(moved->shape(), plain->shape());
}

TEST(Transformed, FingerprintTellsSettingsAndOrderApart) {
  const DatasetPointer plain = images_of({1, 1, 2});
  const auto of = [&](const std::vector<Transform>& transforms) {
    return transformed(plain, transforms)->fingerprint().text();
  };
  EXPECT_EQ(of({shift_by(1)}), of({shift_by(1)}));
  const std::set<std::string> texts = {of({}), of({shift_by(1)}), of({shift_by(2)}),
                                       of({shift_by(1), shift_by(2)}),
                                       of({shift_by(2), shift_by(1)})};
  EXPECT_EQ(texts.size(), 5U);
}

TEST(Transformed, RefusesMoreViewsThanANumberHolds) {
  const DatasetPointer plain = images_of({1, 1, 2});
  EXPECT_EQ(transformed(plain, {shift_by(1000), shift_by(1000)})->views(),
            int64_t{2001} * 2001 * 2001 * 2001);
  try {
    transformed(plain, {shift_by(1000), shift_by(1000), shift_by(1000)});
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ExitCode::usage);
  }
  // Views of the set itself count, too.
  EXPECT_NO_THROW(transformed(images_of({1, 1, 2}, int64_t{1} << 59), {shift_by(1)}));
  EXPECT_THROW(transformed(images_of({1, 1, 2}, int64_t{1} << 60), {shift_by(1)}), Error);
}

}  // namespace
}  // namespace retort
