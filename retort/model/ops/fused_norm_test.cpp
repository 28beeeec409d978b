#include "retort/model/ops/fused_norm.hpp"

#include <ATen/Parallel.h>
#include <ATen/TensorOperators.h>
#include <ATen/core/grad_mode.h>
#include <ATen/ops/batch_norm.h>
#include <ATen/ops/relu.h>
#include <ATen/ops/zeros.h>
#include <gtest/gtest.h>

#include <limits>

#include "tests/golden/golden.hpp"

namespace retort {
namespace {

const Node norm{"bn", "batch_norm", {"input"}, {{"epsilon", 1e-3}, {"momentum", 0.3}}};

// What goes in and what comes out of one step through a norm, in whatever type it runs in.
struct Pass {
  Tensor image, other, weight, bias, running_mean, running_variance, output;
};

Tensor leaf(const Tensor& values, at::ScalarType type) {
  const bool image = values.dim() == 4;
  Tensor result = values.to(type);
  if (image) result = result.contiguous(at::MemoryFormat::ChannelsLast);
  return result.clone().requires_grad_(true);
}

Pass pass(const Shape& shape, bool adds, at::ScalarType image_type, at::ScalarType type) {
  const Shape channels = {shape[1]};
  Pass result;
  // Far from 0, where a variance from plain sums of squares would lose its digits.
  result.image = leaf(golden::pattern(1, shape, 40, 42), image_type);
  if (adds) result.other = leaf(golden::pattern(2, shape, -1, 1), image_type);
  result.weight = leaf(golden::pattern(3, channels, -1, 2), type);
  result.bias = leaf(golden::pattern(4, channels, -1, 1), type);
  result.running_mean = golden::pattern(5, channels, -1, 1).to(type);
  result.running_variance = golden::pattern(6, channels, 1, 2).to(type);
  return result;
}

void finish(Pass& pass, const Tensor& output) {
  pass.output = output;
  (output * golden::pattern(7, output.sizes().vec(), -1, 1).to(output.scalar_type()))
      .sum()
      .backward();
}

Pass fused(const Shape& shape, bool adds, bool relu, at::ScalarType type) {
  Pass result = pass(shape, adds, type, at::kFloat);
  EXPECT_TRUE(fused_norm_takes(result.image));
  const std::vector<Tensor> weights = {result.weight, result.bias, result.running_mean,
                                       result.running_variance};
  finish(result, fused_norm(norm, result.image, weights, result.other, relu));
  return result;
}

// LibTorch's, in doubles, on the same numbers.
Pass plain(const Shape& shape, bool adds, bool relu, at::ScalarType type) {
  Pass result = pass(shape, adds, type, at::kFloat);
  for (Tensor* tensor : {&result.image, &result.other, &result.weight, &result.bias}) {
    if (tensor->defined()) *tensor = leaf(tensor->detach(), at::kDouble);
  }
  result.running_mean = result.running_mean.to(at::kDouble);
  result.running_variance = result.running_variance.to(at::kDouble);
  Tensor output = at::batch_norm(result.image, result.weight, result.bias, result.running_mean,
                                 result.running_variance, true, 0.3, 1e-3, false);
  if (adds) output = output + result.other;
  finish(result, relu ? at::relu(output) : output);
  return result;
}

void expect_near(const Tensor& value, const Tensor& expected, double tolerance, const char* what) {
  const double scale = expected.abs().max().item<double>();
  EXPECT_LT(golden::largest_difference(value, expected), tolerance * scale) << what;
}

void compare(const Shape& shape, bool adds, bool relu, at::ScalarType type, double tolerance) {
  SCOPED_TRACE(testing::Message() << shape[1] << " channels, sum " << adds << ", relu " << relu);
  const Pass ours = fused(shape, adds, relu, type);
  const Pass theirs = plain(shape, adds, relu, type);
  expect_near(ours.output, theirs.output, tolerance, "output");
  expect_near(ours.running_mean, theirs.running_mean, 1e-5, "running mean");
  expect_near(ours.running_variance, theirs.running_variance, 1e-5, "running variance");
  expect_near(ours.image.grad(), theirs.image.grad(), tolerance, "gradient of the image");
  expect_near(ours.weight.grad(), theirs.weight.grad(), tolerance, "gradient of the weight");
  expect_near(ours.bias.grad(), theirs.bias.grad(), tolerance, "gradient of the bias");
  if (adds) expect_near(ours.other.grad(), theirs.other.grad(), tolerance, "gradient of the sum");
}

TEST(FusedNorm, IsLibTorchsNormWithTheSumAndReluBehindIt) {
  for (const Shape& shape : {Shape{2, 3, 4, 8}, Shape{3, 12, 4, 4}, Shape{2, 16, 5, 3},
                             Shape{1, 72, 4, 2}, Shape{2, 80, 2, 2}, Shape{9, 64, 16, 9}}) {
    for (const bool adds : {false, true}) {
      for (const bool relu : {false, true}) compare(shape, adds, relu, at::kFloat, 2e-4);
    }
  }
}

TEST(FusedNorm, InBf16IsNearIt) {
  for (const bool adds : {false, true}) {
    compare({2, 24, 6, 4}, adds, /*relu=*/false, at::kBFloat16, 0.02);
  }
}

TEST(FusedNorm, WhatIsNoNumberStaysNone) {
  for (const bool adds : {false, true}) {
    Pass broken = pass({2, 8, 4, 4}, adds, at::kFloat, at::kFloat);
    {
      const at::NoGradGuard no_gradient;
      broken.image[1][3][2][1] = std::numeric_limits<float>::quiet_NaN();
    }
    const Tensor output = fused_norm(
        norm, broken.image,
        std::vector{broken.weight, broken.bias, broken.running_mean, broken.running_variance},
        broken.other, /*relu=*/true);
    const Tensor is_none = output.ne(output);
    EXPECT_TRUE(is_none.select(1, 3).all().item<bool>());
    EXPECT_EQ(is_none.sum().item<int64_t>(), 2 * 4 * 4);
  }
}

TEST(FusedNorm, DoesNotDependOnTheNumberOfThreads) {
  const int threads = at::get_num_threads();
  at::set_num_threads(1);
  const Pass one = fused({9, 64, 16, 9}, true, true, at::kFloat);
  at::set_num_threads(3);
  const Pass three = fused({9, 64, 16, 9}, true, true, at::kFloat);
  at::set_num_threads(threads);
  EXPECT_TRUE(one.output.equal(three.output));
  EXPECT_TRUE(one.image.grad().equal(three.image.grad()));
  EXPECT_TRUE(one.weight.grad().equal(three.weight.grad()));
}

TEST(FusedNorm, TakesImagesWithTheirChannelsSideBySide) {
  const auto image = [](const Shape& shape) {
    return at::zeros(shape, at::kFloat).contiguous(at::MemoryFormat::ChannelsLast);
  };
  EXPECT_TRUE(fused_norm_takes(image({2, 8, 4, 4})));
  EXPECT_FALSE(fused_norm_takes(at::zeros({2, 8, 4, 4}, at::kFloat)));
  EXPECT_FALSE(fused_norm_takes(image({2, 8, 4, 4}).to(at::kDouble)));
  EXPECT_FALSE(fused_norm_takes(image({1, 8, 1, 1}))) << "one value a channel has no variance";
  EXPECT_FALSE(fused_norm_takes(image({1, 5, 3, 5}))) << "15 pixels make no rows of 16";
  EXPECT_FALSE(fused_norm_takes(at::zeros({16, 8}, at::kFloat)));
}

}  // namespace
}  // namespace retort
