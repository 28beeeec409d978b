#include <gmock/gmock.h>

#include <algorithm>
#include <cmath>

#include "retort/data/transforms.hpp"
#include "tests/golden/golden.hpp"

namespace retort {
namespace {

using testing::FloatNear;
using testing::Pointwise;

std::vector<float> numbered(const Shape& shape) {
  std::vector<float> image(static_cast<size_t>(element_count(shape)));
  for (size_t i = 0; i < image.size(); ++i) image[i] = static_cast<float>(i + 1) / 1000;
  return image;
}

TEST(RandomBox, HasTheAreaAndRatioThatAreAskedAndEveryPlace) {
  int64_t least_top = 100, most_bottom = 0;
  double sum = 0;
  constexpr int draws = 4000;
  for (uint64_t i = 0; i < draws; ++i) {
    Random random(RandomKey(i, "box"));
    const auto box = random_box(random, 100, 100, 0.1, 0.5, 2);
    ASSERT_TRUE(box);
    const auto tall = static_cast<double>(box->height), wide = static_cast<double>(box->width);
    ASSERT_GE(tall * wide, 0.09 * 10'000);
    ASSERT_LE(tall * wide, 0.51 * 10'000);
    ASSERT_LE(std::max(tall / wide, wide / tall), 2.1);
    ASSERT_LE(box->left + box->width, 100);
    least_top = std::min(least_top, box->top);
    most_bottom = std::max(most_bottom, box->top + box->height);
    sum += tall * wide;
  }
  EXPECT_EQ(least_top, 0);
  EXPECT_EQ(most_bottom, 100);
  EXPECT_NEAR(sum / draws, 0.3 * 10'000, 60);  // five standard errors
}

TEST(RandomBox, GivesUpWhereNoneFits) {
  Random random(RandomKey(1, "box"));
  EXPECT_FALSE(random_box(random, 1, 1000, 1, 1, 1));
}

TEST(Erasing, OverwritesOneBoxInEveryChannelAndNothingElse) {
  const Shape shape = {3, 16, 12};
  const size_t plane = 16 * 12;
  const std::vector<float> before = numbered(shape);
  int erased = 0;
  for (int64_t view = 0; view < 400; ++view) {
    std::vector<float> after = before;
    Erasing{.value = 1}.apply(after, shape, view * 7'919);
    const auto count = std::count(after.begin(), after.begin() + plane, 1.0F);
    erased += count > 0 ? 1 : 0;
    for (size_t i = 0; i < after.size(); ++i) {
      ASSERT_EQ(after[i], after[i % plane] == 1 ? 1.0F : before[i]);
    }
  }
  EXPECT_NEAR(erased, 200, 50);  // five standard deviations
}

TEST(ResizedCrop, OfTheWholeIsTheImageItself) {
  const Shape shape = {2, 6, 6};
  std::vector<float> image = numbered(shape);
  ResizedCrop{.least_area = 1, .most_area = 1, .ratio = 1}.apply(image, shape, 5);
  EXPECT_EQ(image, numbered(shape));
}

// A slope stays a slope: the part of a ramp is a ramp that rises less.
TEST(ResizedCrop, EnlargesAPart) {
  const Shape shape = {1, 8, 8};
  std::vector<float> ramp(64);
  for (size_t i = 0; i < 64; ++i) ramp[i] = static_cast<float>(i % 8) / 7;
  for (int64_t view = 0; view < 50; ++view) {
    std::vector<float> image = ramp;
    ResizedCrop{.least_area = 0.25, .most_area = 0.25, .ratio = 1}.apply(image, shape, view);
    EXPECT_NEAR(image[7] - image[0], 3.0F / 7, 1e-5) << view;
    EXPECT_NEAR(image[4] - image[3], 0.5F / 7, 1e-5) << view;
  }
}

TEST(MoveAffinely, MovesAsTorchvisionDoes) {
  struct Case {
    const char* name;
    int64_t height, width;
    AffineMap map;
  };
  // Those of tools/golden/transforms.py.
  const std::vector<Case> cases = {{"turned", 9, 7, {.degrees = 30}},
                                   {"larger", 8, 8, {.scale = 1.3}},
                                   {"slanted", 6, 9, {.shear = 20}},
                                   {"all", 9, 7, {.degrees = -17, .scale = 0.8, .shear = 12}}};
  const Safetensors golden = golden::file("transforms.safetensors");
  for (size_t i = 0; i < cases.size(); ++i) {
    const Shape shape = {2, cases[i].height, cases[i].width};
    Tensor image = golden::pattern(i, shape, 0, 1).to(at::kFloat);
    const auto pixels = static_cast<size_t>(image.numel());
    move_affinely({image.data_ptr<float>(), pixels}, shape, cases[i].map);
    const std::string name = std::string("affine/") + cases[i].name;
    EXPECT_LT(golden::largest_difference(image, golden.tensors.at(name)), 2e-5) << name;
  }
}

TEST(Affine, ByNothingChangesNothing) {
  const Shape shape = {2, 5, 4};
  std::vector<float> image = numbered(shape);
  Affine{.degrees = 0, .scale = 0, .shear = 0}.apply(image, shape, 3);
  EXPECT_EQ(image, numbered(shape));
}

// A bright row of 41 pixels: how high its right end comes tells by how much it was turned.
TEST(Affine, TurnsBothWaysUpToItsDegrees) {
  const Shape shape = {1, 41, 41};
  int64_t highest = 41, lowest = 0;
  for (int64_t view = 0; view < 300; ++view) {
    std::vector<float> image(41 * 41);
    std::fill_n(image.begin() + 20 * 41, 41, 1.0F);
    Affine{.degrees = 20, .scale = 0, .shear = 0}.apply(image, shape, view);
    int64_t brightest = 0;
    for (int64_t y = 0; y < 41; ++y) {
      if (image[static_cast<size_t>(y * 41 + 36)] > image[static_cast<size_t>(brightest * 41 + 36)])
        brightest = y;
    }
    highest = std::min(highest, brightest);
    lowest = std::max(lowest, brightest);
  }
  EXPECT_EQ(highest, 14);  // 16 tan(20 degrees) = 5.8 rows from the middle, the 21st
  EXPECT_EQ(lowest, 26);
}

const std::vector<float> colours = {0.9F, 0.1F, 0.2F, 0.5F, 0.6F,   // red
                                    0.2F, 0.8F, 0.3F, 0.5F, 0.6F,   // green
                                    0.4F, 0.3F, 0.7F, 0.5F, 0.1F};  // blue
const Shape colour_shape = {3, 1, 5};

void expect_colours(const std::vector<float>& got, const std::vector<float>& wanted) {
  EXPECT_THAT(got, Pointwise(FloatNear(2e-6F), wanted));
}

// Python: colorsys.rgb_to_hsv, hue + turn, colorsys.hsv_to_rgb.
TEST(AdjustHue, TurnsAsPythonsColorsysDoes) {
  std::vector<float> image = colours;
  adjust_hue(image, colour_shape, 0.1F);
  expect_colours(image, {0.900000F, 0.100000F, 0.400000F, 0.500000F, 0.300000F, 0.420000F,
                         0.800000F, 0.200000F, 0.500000F, 0.600000F, 0.200000F, 0.720000F,
                         0.700000F, 0.500000F, 0.100000F});
  image = colours;
  adjust_hue(image, colour_shape, -0.35F);
  expect_colours(image, {0.200000F, 0.800000F, 0.350000F, 0.500000F, 0.550000F, 0.470000F,
                         0.230000F, 0.700000F, 0.500000F, 0.100000F, 0.900000F, 0.100000F,
                         0.200000F, 0.500000F, 0.600000F});
  image = colours;
  adjust_hue(image, colour_shape, 0.5F);
  expect_colours(image, {0.200000F, 0.800000F, 0.700000F, 0.500000F, 0.100000F, 0.900000F,
                         0.100000F, 0.600000F, 0.500000F, 0.100000F, 0.700000F, 0.600000F,
                         0.200000F, 0.500000F, 0.600000F});
}

TEST(AdjustContrast, KeepsTheMeanLuminance) {
  std::vector<float> image = colours;
  float mean = 0;
  for (size_t i = 0; i < 5; ++i) {
    mean += (0.2989F * image[i] + 0.587F * image[5 + i] + 0.114F * image[10 + i]) / 5;
  }
  adjust_contrast(image, colour_shape, 0.5F);
  std::vector<float> wanted;
  for (const float value : colours) wanted.push_back(0.5F * value + 0.5F * mean);
  expect_colours(image, wanted);
  image = {0.2F, 0.6F};
  adjust_contrast(image, {1, 1, 2}, 0);
  expect_colours(image, {0.4F, 0.4F});
}

TEST(AdjustSaturation, AtNothingIsTheLuminance) {
  std::vector<float> image = colours;
  adjust_saturation(image, colour_shape, 0);
  for (size_t i = 0; i < 5; ++i) {
    const float grey = 0.2989F * colours[i] + 0.587F * colours[5 + i] + 0.114F * colours[10 + i];
    EXPECT_NEAR(image[i], grey, 1e-6);
    EXPECT_NEAR(image[5 + i], grey, 1e-6);
    EXPECT_NEAR(image[10 + i], grey, 1e-6);
  }
  image = colours;
  adjust_saturation(image, colour_shape, 2);
  EXPECT_EQ(image[0], 1.0F);  // cut at the range
  EXPECT_NEAR(image[3], 0.5F, 1e-4);
}

TEST(AdjustBrightness, MultipliesWithinTheRange) {
  std::vector<float> image = {0.2F, 0.6F};
  adjust_brightness(image, 2);
  expect_colours(image, {0.4F, 1});
}

TEST(ColourJitter, ByNothingChangesNothing) {
  std::vector<float> image = colours;
  ColourJitter{.brightness = 0, .contrast = 0, .saturation = 0}.apply(image, colour_shape, 77);
  EXPECT_EQ(image, colours);
}

TEST(ColourJitter, FactorsAreUniformAroundOne) {
  double least = 2, most = 0, sum = 0;
  constexpr int draws = 2000;
  for (int64_t view = 0; view < draws; ++view) {
    std::vector<float> image = {0.5F};
    ColourJitter{.brightness = 0.4, .contrast = 0, .saturation = 0}.apply(image, {1, 1, 1}, view);
    const double factor = 2 * image[0];
    least = std::min(least, factor);
    most = std::max(most, factor);
    sum += factor / draws;
  }
  EXPECT_NEAR(least, 0.6, 0.01);
  EXPECT_NEAR(most, 1.4, 0.01);
  EXPECT_NEAR(sum, 1, 0.026);  // five standard errors
}

}  // namespace
}  // namespace retort
