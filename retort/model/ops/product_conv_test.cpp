#include "retort/model/ops/product_conv.hpp"

#include <ATen/core/grad_mode.h>
#include <ATen/ops/convolution.h>
#include <gtest/gtest.h>

#include "tests/golden/golden.hpp"

namespace retort {
namespace {

struct Case {
  Shape image, weight;
  Window window;
  bool bias;
};

const Case cases[] = {
    {{3, 5, 4, 4}, {6, 5, 3, 3}, {{3, 3}, {1, 1}, {1, 1, 1, 1}, {1, 1}}, true},
    {{2, 4, 4, 3}, {3, 4, 3, 2}, {{3, 2}, {2, 1}, {1, 0, 1, 0}, {1, 1}}, false},
    {{2, 4, 2, 2}, {7, 4, 1, 1}, {{1, 1}, {1, 1}, {0, 0, 0, 0}, {1, 1}}, true},
    {{2, 3, 4, 4}, {5, 3, 1, 1}, {{1, 1}, {2, 2}, {0, 0, 0, 0}, {1, 1}}, false},
    {{70, 3, 1, 1}, {5, 3, 3, 3}, {{3, 3}, {1, 1}, {1, 1, 1, 1}, {1, 1}}, true},
};

Tensor channels_last(uint64_t seed, const Shape& shape) {
  return golden::pattern(seed, shape, -1, 1).contiguous(at::MemoryFormat::ChannelsLast);
}

TEST(ProductConv, IsAConvolutionWithItsGradients) {
  for (const Case& one : cases) {
    std::vector<Tensor> leaves[2];
    Tensor answers[2];
    for (const int i : {0, 1}) {
      leaves[i] = {channels_last(1, one.image), channels_last(2, one.weight)};
      if (one.bias) leaves[i].push_back(golden::pattern(3, {one.weight[0]}, -1, 1));
      for (Tensor& leaf : leaves[i]) leaf.requires_grad_();
      const auto bias = one.bias ? std::optional(leaves[i][2]) : std::nullopt;
      const Window& window = one.window;
      answers[i] = i == 0 ? product_conv(leaves[i][0], leaves[i][1], bias, window)
                          : at::convolution(leaves[i][0], leaves[i][1], bias, window.stride,
                                            {window.padding[0], window.padding[1]}, {1, 1}, false,
                                            {0, 0}, 1);
      answers[i].square().sum().backward();
    }
    const std::string which = fmt::format("[{}]", fmt::join(one.image, ", "));
    EXPECT_LT(golden::largest_difference(answers[0], answers[1]), 1e-12) << which;
    for (size_t i = 0; i < leaves[0].size(); ++i) {
      EXPECT_LT(golden::largest_difference(leaves[0][i].grad(), leaves[1][i].grad()), 1e-11)
          << which << " gradient " << i;
    }
    const at::NoGradGuard no_gradient;
    const Tensor flat =
        product_conv_by_flat(leaves[0][0], flat_weight(leaves[0][1]),
                             one.bias ? std::optional(leaves[0][2]) : std::nullopt, one.window);
    EXPECT_TRUE(flat.equal(answers[0])) << which;
  }
}

TEST(ProductConv, TakesImagesHoweverTheyLie) {
  const at::NoGradGuard no_gradient;
  const Case& one = cases[0];
  const Tensor weight = channels_last(2, one.weight);
  const Tensor whole = channels_last(1, {3, 9, 4, 4});
  const Tensor slice = whole.narrow(1, 2, 5);  // channels between others
  const Tensor expected = product_conv(slice.contiguous(at::MemoryFormat::ChannelsLast), weight,
                                       std::nullopt, one.window);
  EXPECT_TRUE(product_conv(slice, weight, std::nullopt, one.window).equal(expected));
  EXPECT_TRUE(product_conv(slice.contiguous(), weight, std::nullopt, one.window).equal(expected));
}

TEST(ProductConv, TakesSmallImagesOnly) {
  const Window window = cases[0].window;
  EXPECT_TRUE(product_conv_takes({512, 4, 4}, window, 1));
  EXPECT_FALSE(product_conv_takes({512, 4, 5}, window, 1));
  EXPECT_FALSE(product_conv_takes({512, 4, 4}, window, 2)) << "groups";
  Window other = window;
  other.dilation = {2, 2};
  EXPECT_FALSE(product_conv_takes({512, 4, 4}, other, 1));
  other = window;
  other.padding = {0, 0, 1, 1};
  EXPECT_FALSE(product_conv_takes({512, 4, 4}, other, 1));
}

}  // namespace
}  // namespace retort
