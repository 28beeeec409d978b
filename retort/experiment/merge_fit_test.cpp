#include "retort/experiment/merge_fit.hpp"

#include <ATen/TensorOperators.h>
#include <ATen/core/grad_mode.h>
#include <ATen/ops/amax.h>
#include <ATen/ops/randn.h>
#include <ATen/ops/softmax.h>
#include <ATen/ops/std.h>
#include <ATen/ops/tensor.h>
#include <gtest/gtest.h>

#include "retort/experiment/merge_teachers.hpp"

namespace retort {
namespace {

// 400 images; the second member's logits are three times as large and moved.
MembersSaid unequal() {
  const auto options = at::TensorOptions(at::kDouble);
  return {.logits = {at::randn({400, 3}, options), 3 * at::randn({400, 2}, options) + 4},
          .blocks = {{0, 1, 2}, {2, 3}},
          .classes = 4};
}

TEST(MergeFit, CalibratedGivesEveryClassItsShare) {
  const MembersSaid said = unequal();
  const std::vector<double> shares = {0.1, 0.2, 0.3, 0.4};
  const MergeFit fit = fit_of(Calibrated{}, said, shares);
  const Tensor means = at::softmax(merged_logits(said, Calibrated{}, fit, 1), 1).mean(0);
  for (int64_t c = 0; c < 4; ++c) {
    EXPECT_NEAR(means[c].item<double>(), shares[static_cast<size_t>(c)], 1e-6);
  }
  const auto deviation = [&](size_t m) {
    return fit.scales[m] * at::amax(said.logits[m], at::IntArrayRef{1}).std().item<double>();
  };
  EXPECT_NEAR(deviation(0), deviation(1), 1e-9);
}

TEST(MergeFit, AGateGivesEveryMemberTheShareOfItsClasses) {
  const MembersSaid said = unequal();
  for (const char* gate : {"energy", "largest_logit", "entropy"}) {
    const MergeFit fit = fit_of(Gated{.gate = gate}, said, {0.1, 0.2, 0.3, 0.4});
    const Tensor score = competence(said, gate) + at::tensor(fit.gate_biases, at::kDouble);
    // Both know class 2: each has half of it.
    EXPECT_NEAR(at::softmax(score, 1).mean(0)[0].item<double>(), 0.45, 1e-6) << gate;
  }
}

TEST(MergeFit, OtherRulesNeedNothing) {
  const MergeFit fit = fit_of(Concatenate{}, unequal(), {0.25, 0.25, 0.25, 0.25});
  EXPECT_TRUE(fit.scales.empty() && fit.biases.empty() && fit.gate_biases.empty());
}

TEST(BlockScores, CountWithinAndBetweenBlocks) {
  // Blocks {a, b} and {b, c}. Rows: a right; a taken for b (within); a taken for c (between); c
  // taken for a (between), though among b and c it would be right; one without a label.
  const Answers answers{
      .logits =
          at::tensor({9., 1., 0., 1., 9., 0., 5., 1., 9., 9., 0., 5., 1., 1., 1.}).view({5, 3}),
      .labels = at::tensor(std::vector<int64_t>{0, 0, 0, 2, -1}, at::kLong)};
  const BlockScores scores =
      block_scores("student", answers, {"a", "b", "c"}, {{"a", "b"}, {"b", "c"}});
  EXPECT_EQ(scores.count, 4);
  EXPECT_EQ(scores.errors, 3);
  EXPECT_EQ(scores.other_block, 2);
  EXPECT_EQ(scores.block_count, (std::vector<int64_t>{3, 1}));
  EXPECT_EQ(scores.within_errors, (std::vector<int64_t>{1, 0}));
  EXPECT_EQ(scores.confusion, (std::vector<std::vector<int64_t>>{{2, 1}, {1, 0}}));
}

TEST(GateErrors, AreTeachersWhoDoNotKnowTheClass) {
  // a is of the first, b of both, c of the second, d of nobody.
  const Owners owners({"a", "b", "c", "d"}, {{"a", "b"}, {"b", "c"}});
  const Tensor first = at::tensor({2.0, 1.0}).expand({6, 2});
  const Tensor labels = at::tensor({0, 1, 2, 2, 3, -1}, at::kLong);
  EXPECT_EQ(gate_errors(first, labels, owners), (std::pair<int64_t, int64_t>(2, 4)));
  EXPECT_EQ(gate_errors(first.flip({1}), labels, owners), (std::pair<int64_t, int64_t>(1, 4)));
}

}  // namespace
}  // namespace retort
