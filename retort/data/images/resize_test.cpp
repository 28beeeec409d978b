#include "retort/data/images/resize.hpp"

#include <gmock/gmock.h>

#include "retort/data/formats/files_for_tests.hpp"
#include "tests/golden/golden.hpp"

namespace retort {
namespace {

using testing::ElementsAre;
using testing::FloatNear;
using testing::Pointwise;

template <class Pixel>
std::span<const Pixel> values_of(const Tensor& tensor) {
  return {tensor.const_data_ptr<Pixel>(), static_cast<size_t>(tensor.numel())};
}

TEST(ResizeBilinear, BytesAreThoseOfPillow) {
  const Safetensors golden = golden::file("images.safetensors");
  const Tensor& before = golden.tensors.at("colour.png");
  int sizes = 0;
  for (const auto& [name, wanted] : golden.tensors) {
    if (!name.starts_with("resize/")) continue;
    EXPECT_THAT(resize_bilinear(values_of<uint8_t>(before), before.sizes().vec(), wanted.size(1),
                                wanted.size(2)),
                testing::ElementsAreArray(values_of<uint8_t>(wanted)))
        << name;
    ++sizes;
  }
  EXPECT_EQ(sizes, 5);
}

TEST(ResizeBilinear, FloatsAreThoseOfPillowNotRounded) {
  const Safetensors golden = golden::file("images.safetensors");
  const Tensor& before = golden.tensors.at("real");  // 0 to 255
  for (const char* name : {"resize_real/8x9", "resize_real/40x31"}) {
    const Tensor& wanted = golden.tensors.at(name);
    EXPECT_THAT(resize_bilinear(values_of<float>(before), before.sizes().vec(), wanted.size(1),
                                wanted.size(2)),
                Pointwise(FloatNear(1e-3F), values_of<float>(wanted)))
        << name;
  }
}

TEST(ResizeBilinear, ToTheSameSizeIsTheImageItself) {
  const std::vector<float> pixels = {0.1F, 0.2F, 0.3F, 0.4F, 0.5F, 0.6F};
  EXPECT_EQ(resize_bilinear<float>(pixels, {1, 2, 3}, 2, 3), pixels);
}

Image numbered(int64_t height, int64_t width) {
  Image image{{1, height, width}, {}};
  for (int64_t i = 0; i < height * width; ++i) image.pixels.push_back(static_cast<uint8_t>(i));
  return image;
}

TEST(CentreCrop, RoundsHalvesToTheEvenSide) {
  EXPECT_THAT(centre_crop(numbered(1, 5), 1, 3).pixels, ElementsAre(1, 2, 3));
  // 1/2 -> 0, 3/2 -> 2: Python's round().
  EXPECT_THAT(centre_crop(numbered(1, 4), 1, 3).pixels, ElementsAre(0, 1, 2));
  EXPECT_THAT(centre_crop(numbered(1, 6), 1, 3).pixels, ElementsAre(2, 3, 4));
  EXPECT_THAT(centre_crop(numbered(4, 4), 2, 2).pixels, ElementsAre(5, 6, 9, 10));
}

TEST(Fitted, ResizesTheShortSideThenCrops) {
  const Image wide = numbered(3, 9), tall = numbered(9, 3);
  EXPECT_EQ(fitted(wide, 0, 3, 3).pixels, centre_crop(wide, 3, 3).pixels);
  EXPECT_EQ(fitted(tall, 0, 3, 3).pixels, centre_crop(tall, 3, 3).pixels);
  EXPECT_EQ(fitted(wide, 5, 4, 2).pixels, centre_crop(resize_bilinear(wide, 5, 15), 4, 2).pixels);
  // 9 x 3 covered by 4 x 6 (height x width): the width binds.
  EXPECT_EQ(fitted(tall, 0, 4, 6).pixels, centre_crop(resize_bilinear(tall, 18, 6), 4, 6).pixels);
}

TEST(Fitted, RefusesALineThatWouldGetOutOfHand) {
  const Image line{{1, 1, 1 << 20}, std::vector<uint8_t>(1 << 20)};
  EXPECT_THAT(test::data_error([&] { fitted(line, 0, 224, 224); }),
              testing::HasSubstr("234881024 x 224 pixels"));
}

}  // namespace
}  // namespace retort
