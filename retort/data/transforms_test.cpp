#include "retort/data/transforms.hpp"

#include <gmock/gmock.h>

#include <map>
#include <numeric>
#include <set>

#include "retort/data/batch_stream.hpp"
#include "retort/data/images_for_tests.hpp"
#include "retort/data/planned_views.hpp"

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

TEST(Transformed, MoreViewsThanCanBeCountedAreDrawn) {
  const DatasetPointer plain = images_of({1, 1, 2});
  EXPECT_EQ(transformed(plain, {shift_by(1000), shift_by(300)})->views(),
            int64_t{2001} * 2001 * 601 * 601);
  EXPECT_EQ(transformed(plain, {shift_by(1000), shift_by(1000), shift_by(1000)})->views(),
            uncounted_views);
  // Views of the set itself count, too.
  EXPECT_EQ(transformed(images_of({1, 1, 2}, int64_t{1} << 58), {shift_by(1)})->views(),
            9 * (int64_t{1} << 58));
  EXPECT_EQ(transformed(images_of({1, 1, 2}, int64_t{1} << 59), {shift_by(1)})->views(),
            uncounted_views);
  EXPECT_EQ(transformed(plain, {{Erasing{}}, {Flip{}}, {ColourJitter{}}})->views(),
            uncounted_views);
}

// Nine shifts and two flips, each equally likely whatever stands beside them.
TEST(Transformed, DrawnViewsOfCountedTransformsAreEquallyLikely) {
  const Transform nothing{Erasing{.probability = 0}};
  const DatasetPointer images =
      transformed(images_of({1, 3, 4}), {shift_by(1), {Flip{}}, nothing, nothing});
  std::map<std::vector<float>, int> seen;
  constexpr int draws = 18'000;
  for (int64_t i = 0; i < draws; ++i) {
    const std::vector<float> first = pixels_of(*images, {1, i});
    ASSERT_EQ(pixels_of(*images, {1, i}), first);
    ++seen[first];
  }
  ASSERT_EQ(seen.size(), 18U);
  for (const auto& [pixels, count] : seen) EXPECT_NEAR(count, draws / 18, 150);
}

TEST(Transformed, UncountedViewsAreTheSameForAnyNumberOfWorkers) {
  const DatasetPointer images =
      transformed(images_of({3, 5, 4}), {{ResizedCrop{}}, {ColourJitter{.hue = 0.1}}, {Erasing{}}});
  BatchStream alone(images, 2, /*seed=*/7), together(images, 2, /*seed=*/7, /*workers=*/3);
  for (int step = 0; step < 20; ++step) {
    const Batch first = alone.next(), second = together.next();
    ASSERT_EQ(first.keys, second.keys);
    ASSERT_TRUE(first.inputs.equal(second.inputs)) << step;
  }
}

TEST(Shift, ReflectsAtTheBorderWithoutRepeatingIt) {
  const Shift shift{.pixels = 2, .fill = "reflect"};
  std::vector<float> image = {1, 2, 3, 4, 5, 6};
  shift.apply(image, {1, 2, 3}, 5 * (2 - 1) + 2 + 2);  // up by 1, right by 2
  EXPECT_THAT(image, ElementsAre(6, 5, 4, 3, 2, 1));
  // Python: numpy.pad([1, 2, 3], 2, "reflect") is 3 2 1 2 3 2 1.
  const std::vector<float> padded = {3, 2, 1, 2, 3, 2, 1};
  for (int64_t dx = -2; dx <= 2; ++dx) {
    image = {1, 2, 3};
    shift.apply(image, {1, 1, 3}, 5 * 2 + 2 + dx);
    EXPECT_THAT(image, testing::ElementsAreArray(padded.begin() + 2 - dx, padded.begin() + 5 - dx));
  }
  image = {7};
  shift.apply(image, {1, 1, 1}, 0);
  EXPECT_THAT(image, ElementsAre(7));
  EXPECT_NE(shift.text(), Shift{.pixels = 2}.text());
}

TEST(Flip, MirrorsEveryRowOfEveryChannel) {
  std::vector<float> image = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12};
  Flip{}.apply(image, {2, 2, 3}, 0);
  EXPECT_EQ(image.front(), 1);
  Flip{}.apply(image, {2, 2, 3}, 1);
  EXPECT_THAT(image, ElementsAre(3, 2, 1, 6, 5, 4, 9, 8, 7, 12, 11, 10));
}

// Every row of the table, with its defaults and with other ones.
TEST(Transforms, ArePureFunctionsOfImageAndViewAndStayWithinTheRange) {
  const std::vector<Transform> all = {
      shift_by(2),      {Shift{.pixels = 1, .fill = "reflect"}},
      {Flip{}},         {ResizedCrop{}},
      {ColourJitter{}}, {ColourJitter{.brightness = 2, .contrast = 2, .saturation = 2, .hue = 0.5}},
      {Erasing{}},      {Erasing{.probability = 1, .least_area = 0.9, .most_area = 1, .value = 1}},
      {Affine{}},       {Affine{.degrees = 180, .scale = 0.9, .shear = 80}}};
  EXPECT_GE(all.size(), std::variant_size_v<decltype(Transform::value)>);
  for (const Shape& shape : {Shape{3, 5, 7}, Shape{1, 8, 3}, Shape{3, 1, 1}}) {
    std::vector<float> image(static_cast<size_t>(element_count(shape)));
    for (size_t i = 0; i < image.size(); ++i) image[i] = static_cast<float>(i * 37 % 100) / 99;
    for (const Transform& transform : all) {
      for (int64_t i = 0; i < 200; ++i) {
        const int64_t view = std::min<int64_t>(transform.views() - 1, i * 1'234'567'891);
        std::vector<float> once = image, again = image;
        transform.apply(once, shape, view);
        transform.apply(again, shape, view);
        ASSERT_EQ(once, again);
        for (const float pixel : once) {
          ASSERT_TRUE(pixel >= 0 && pixel <= 1) << transform.text() << " " << pixel;
        }
      }
    }
  }
}

TEST(PlannedViews, ShowEachImageInFewOfAllVersions) {
  const int64_t all_views = 100'000;
  const DatasetPointer all = images_of({1, 1, 1}, all_views);
  const DatasetPointer few = in_planned_views(all, 3);
  ASSERT_EQ(few->views(), 3);
  std::set<float> seen;  // the views of two images that were drawn
  for (int64_t index = 0; index < 2; ++index) {
    for (int64_t view = 0; view < 3; ++view) {
      const float pixel = pixels_of(*few, {index, view})[0];
      EXPECT_EQ(pixel, pixels_of(*few, {index, view})[0]);
      const float drawn = (pixel - static_cast<float>(100 * index)) / 10;
      EXPECT_THAT(drawn, testing::AllOf(testing::Ge(0), testing::Lt(all_views)));
      seen.insert(drawn);
    }
  }
  EXPECT_EQ(seen.size(), 6U);
  EXPECT_NE(few->fingerprint(), all->fingerprint());
  EXPECT_NE(few->augmentation(), all->augmentation());
  EXPECT_EQ(few->source_fingerprint(), all->source_fingerprint());
}

TEST(PlannedViews, NoFewerThanThereAreChangeNothing) {
  const DatasetPointer moved = transformed(images_of({1, 4, 4}), {shift_by(1)});
  EXPECT_EQ(in_planned_views(moved, 0), moved);
  EXPECT_EQ(in_planned_views(moved, 9), moved);
  EXPECT_EQ(in_planned_views(moved, 8)->views(), 8);
}

}  // namespace
}  // namespace retort
