#include "retort/data/fit.hpp"

#include <gmock/gmock.h>

#include "retort/base/error.hpp"
#include "retort/data/byte_images.hpp"

namespace retort {
namespace {

using testing::ElementsAre;
using testing::FloatNear;
using testing::HasSubstr;
using testing::Pointwise;

// One image of these bytes.
DatasetPointer image(const Shape& shape, std::vector<uint8_t> bytes) {
  return std::make_shared<ByteImages>(shape, std::move(bytes), std::vector<uint8_t>{0},
                                      Classes{"one"});
}

std::vector<float> read(const Dataset& dataset) {
  std::vector<float> pixels(static_cast<size_t>(element_count(dataset.shape())), -1.0F);
  dataset.read({}, pixels);
  return pixels;
}

std::string error_of(const Fit& fit, const Shape& shape) {
  try {
    brought_to(fit, image(shape, std::vector<uint8_t>(static_cast<size_t>(element_count(shape)))));
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ExitCode::usage);
    return error.what();
  }
  ADD_FAILURE() << "no error";
  return "";
}

TEST(Fit, NothingAskedIsTheDataSetItself) {
  const DatasetPointer plain = image({1, 1, 2}, {0, 255});
  EXPECT_EQ(brought_to({}, plain), plain);
}

TEST(Fit, TheCanvasHasItsOddPixelBelowAndOnTheRight) {
  const DatasetPointer fitted = brought_to({.canvas = {4, 5}}, image({1, 1, 2}, {51, 255}));
  EXPECT_EQ(fitted->shape(), (Shape{1, 4, 5}));
  EXPECT_THAT(read(*fitted), ElementsAre(0, 0, 0, 0, 0,        //
                                         0, 0.2F, 1.0F, 0, 0,  //
                                         0, 0, 0, 0, 0,        //
                                         0, 0, 0, 0, 0));
}

// Centres of the new pixels are at 0.25, 0.75, 1.25, 1.75 of the old ones' 0.5 and 1.5.
TEST(Fit, TwicesTheSizeIsBilinearWithoutCornersAligned) {
  const DatasetPointer fitted = brought_to({.size = {1, 4}}, image({1, 1, 2}, {0, 255}));
  EXPECT_THAT(read(*fitted), Pointwise(FloatNear(1e-6F), std::vector<float>{0, 0.25F, 0.75F, 1}));
}

TEST(Fit, SizeComesBeforeTheCanvasInEveryChannel) {
  const DatasetPointer fitted =
      brought_to({.size = {1}, .canvas = {1, 3}}, image({2, 1, 2}, {0, 255, 255, 255}));
  EXPECT_THAT(read(*fitted), ElementsAre(0, 0.5F, 0, 0, 1, 0));
}

TEST(Fit, GreyWeighsTheColours) {
  const DatasetPointer fitted =
      brought_to({.channels = 1}, image({3, 1, 3}, {255, 0, 0, 0, 255, 0, 0, 0, 255}));
  EXPECT_EQ(fitted->shape(), (Shape{1, 1, 3}));
  EXPECT_THAT(read(*fitted), ElementsAre(0.299F, 0.587F, 0.114F));
}

TEST(Fit, ColourOfGreyIsThreeEqualChannels) {
  const DatasetPointer fitted = brought_to({.channels = 3}, image({1, 1, 2}, {51, 255}));
  EXPECT_EQ(fitted->shape(), (Shape{3, 1, 2}));
  EXPECT_THAT(read(*fitted), ElementsAre(0.2F, 1, 0.2F, 1, 0.2F, 1));
}

TEST(Fit, WhatCannotBeIsAnError) {
  EXPECT_THAT(error_of({.canvas = {2}}, {1, 3, 2}), HasSubstr("canvas: wanted"));
  EXPECT_THAT(error_of({.canvas = {4, 4, 4}}, {1, 3, 2}), HasSubstr("got 3 numbers"));
  EXPECT_THAT(error_of({.channels = 2}, {3, 1, 1}), HasSubstr("channels: wanted 1"));
  EXPECT_THAT(error_of({.channels = 1}, {2, 1, 1}), HasSubstr("channels: wanted 1 of images"));
}

// Else a recording of the images as they were would be taken for one of these.
TEST(Fit, ItsImagesAreASourceOfTheirOwn) {
  const DatasetPointer plain = image({1, 1, 2}, {0, 255});
  const DatasetPointer once = brought_to({.canvas = {3}}, plain);
  const DatasetPointer other = brought_to({.canvas = {4}}, plain);
  EXPECT_NE(once->source_fingerprint(), plain->source_fingerprint());
  EXPECT_NE(once->source_fingerprint(), other->source_fingerprint());
  EXPECT_EQ(once->source_fingerprint(), brought_to({.canvas = {3}}, plain)->fingerprint());
}

}  // namespace
}  // namespace retort
