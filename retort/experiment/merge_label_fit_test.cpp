#include <ATen/TensorOperators.h>
#include <ATen/ops/argmax.h>
#include <ATen/ops/cat.h>
#include <ATen/ops/gather.h>
#include <ATen/ops/log_softmax.h>
#include <ATen/ops/multinomial.h>
#include <ATen/ops/randn.h>
#include <ATen/ops/softmax.h>
#include <ATen/ops/tensor.h>
#include <ATen/ops/zeros.h>
#include <gtest/gtest.h>

#include <cmath>

#include "retort/experiment/merge_fit.hpp"

namespace retort {
namespace {

// Members of the classes 0, 1 and 2, 3, whose logits say too much and too little, from far apart.
MembersSaid apart(int64_t images) {
  const auto options = at::TensorOptions(at::kDouble);
  return {.logits = {4 * at::randn({images, 2}, options), at::randn({images, 2}, options) - 3},
          .blocks = {{0, 1}, {2, 3}},
          .classes = 4};
}

TEST(LabelFit, FindsTheScalesAndOffsetsThatDrewTheLabels) {
  const MembersSaid said = apart(20000);
  const Tensor truth = at::cat({0.5 * said.logits[0], 2 * said.logits[1] + 5}, 1);
  const Tensor labels = at::multinomial(at::softmax(truth, 1), 1).squeeze(1);
  const MergeFit fit = fit_to_labels(said, labels);
  ASSERT_EQ(fit.scales.size(), 2U);
  EXPECT_NEAR(fit.scales[0], 0.5, 0.05);
  EXPECT_NEAR(fit.scales[1], 2, 0.1);
  ASSERT_EQ(fit.biases.size(), 4U);
  EXPECT_EQ(fit.biases[0], fit.biases[1]) << "one offset for a member";
  EXPECT_NEAR(fit.biases[2] - fit.biases[0], 5, 0.2);
}

TEST(LabelFit, NothingNearIsBetter) {
  const MembersSaid said = apart(50);
  const Tensor labels = at::argmax(at::cat({said.logits[0], 2 * said.logits[1] + 5}, 1), 1);
  const MergeFit fit = fit_to_labels(said, labels);
  const auto value = [&](double s0, double s1, double o0, double o1) {
    const Tensor logits = at::cat({s0 * said.logits[0] + o0, s1 * said.logits[1] + o1}, 1);
    const double likely =
        at::gather(at::log_softmax(logits, 1), 1, labels.unsqueeze(1)).sum().item<double>();
    return likely -
           0.05 * (std::pow(s0 - 1, 2) + std::pow(s1 - 1, 2) + std::pow(o0, 2) + std::pow(o1, 2));
  };
  const double s0 = fit.scales[0], s1 = fit.scales[1], o0 = fit.biases[0], o1 = fit.biases[2];
  EXPECT_LT(std::abs(s1), 100) << "though no image is on the wrong side";
  const double best = value(s0, s1, o0, o1);
  for (const double step : {-0.01, 0.01}) {
    EXPECT_GT(best, value(s0 + step, s1, o0, o1));
    EXPECT_GT(best, value(s0, s1 + step, o0, o1));
    EXPECT_GT(best, value(s0, s1, o0 + step, o1));
    EXPECT_GT(best, value(s0, s1, o0, o1 + step));
  }
}

TEST(LabelFit, AClassOfTwoHasTheMeanOfTheirOffsets) {
  const auto options = at::TensorOptions(at::kDouble);
  const MembersSaid said = {
      .logits = {at::randn({30, 2}, options), at::randn({30, 2}, options) + 6},
      .blocks = {{0, 1}, {1, 2}},
      .classes = 3};
  const MergeFit fit = fit_to_labels(said, at::zeros({30}, at::kLong));
  EXPECT_NEAR(fit.biases[1], (fit.biases[0] + fit.biases[2]) / 2, 1e-12);
  EXPECT_GT(fit.biases[0], fit.biases[2]) << "all images are of class 0";
}

}  // namespace
}  // namespace retort
