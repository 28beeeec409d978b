#include <ATen/ops/ones.h>
#include <gtest/gtest.h>

#include <cmath>

#include "retort/model/network.hpp"
#include "tests/golden/golden.hpp"

namespace retort {
namespace {

constexpr int64_t rows = 200;
constexpr int64_t columns = 500;
constexpr double count = rows * columns;

Network two_dropouts(double probability) {
  Graph graph({columns});
  graph.dropout("first", "input", probability);
  graph.dropout("second", "input", probability);
  return Network({graph, {}});
}

PassMode training(uint64_t seed, uint64_t step) {
  return {.training = true, .key = RandomKey(seed, "dropout").with(step)};
}

Tensor output(double probability, const PassMode& mode, const std::string& node = "first") {
  return two_dropouts(probability).forward(at::ones({rows, columns}), {node}, mode).at(node);
}

double share_where(const Tensor& condition) {
  return condition.sum().item<double>() / count;
}

// Five standard deviations of a share of `count` events of this probability.
double five_sigma(double probability) {
  return 5 * std::sqrt(probability * (1 - probability) / count);
}

TEST(Dropout, DropsTheShareAndKeepsTheExpectation) {
  for (const double p : {0.01, 0.1, 0.3, 0.5, 0.9}) {
    const Tensor values = output(p, training(1, 1));
    EXPECT_NEAR(share_where(values.eq(0)), p, five_sigma(p)) << p;
    const auto kept = static_cast<float>(1 / (1 - p));
    EXPECT_EQ(share_where(values.eq(0).logical_or(values.eq(kept))), 1) << p;
    EXPECT_NEAR(values.mean().item<double>(), 1, five_sigma(p) / (1 - p)) << p;
  }
}

TEST(Dropout, ShareHoldsInEveryRowAndColumn) {
  const Tensor dropped = output(0.5, training(1, 1)).eq(0).to(at::kDouble);
  // Six standard deviations: there are 700 of them.
  EXPECT_LT((dropped.mean(1) - 0.5).abs().max().item<double>(), 6 * 0.5 / std::sqrt(columns));
  EXPECT_LT((dropped.mean(0) - 0.5).abs().max().item<double>(), 6 * 0.5 / std::sqrt(rows));
}

TEST(Dropout, IsAFunctionOfSeedAndStep) {
  EXPECT_TRUE(output(0.3, training(1, 1)).equal(output(0.3, training(1, 1))));
  EXPECT_FALSE(output(0.3, training(1, 1)).equal(output(0.3, training(1, 2))));
  EXPECT_FALSE(output(0.3, training(1, 1)).equal(output(0.3, training(2, 1))));
}

TEST(Dropout, MasksOfOtherStepsSeedsAndNodesAreIndependent) {
  constexpr double p = 0.5;
  const Tensor one = output(p, training(1, 1)).eq(0);
  for (const Tensor& other : {output(p, training(1, 2)), output(p, training(2, 1)),
                              output(p, training(1, 1), "second")}) {
    EXPECT_NEAR(share_where(one.logical_and(other.eq(0))), p * p, five_sigma(p * p));
  }
}

TEST(Dropout, MasksOfNeighbouringElementsAreIndependent) {
  constexpr double p = 0.5;
  const Tensor dropped = output(p, training(1, 1)).eq(0).reshape({-1});
  for (const int64_t distance : {1, 2, 28, 500}) {
    const int64_t rest = dropped.numel() - distance;
    const Tensor both = dropped.narrow(0, 0, rest).logical_and(dropped.narrow(0, distance, rest));
    EXPECT_NEAR(share_where(both), p * p, five_sigma(p * p) + 500 / count) << distance;
  }
}

TEST(Dropout, AnswersUnchangedOutsideTraining) {
  const Tensor values = output(0.9, {.training = false, .key = RandomKey(1, "dropout")});
  EXPECT_TRUE(values.equal(at::ones({rows, columns})));
}

TEST(Dropout, OfNothingChangesNothing) {
  EXPECT_TRUE(output(0.0, training(1, 1)).equal(at::ones({rows, columns})));
}

TEST(Dropout, GradientIsTheMask) {
  const Tensor inputs = golden::pattern(1, {rows, columns}, 1, 2).to(at::kFloat);
  inputs.requires_grad_(true);
  const Tensor values = two_dropouts(0.3).forward(inputs, {"first"}, training(1, 1)).at("first");
  values.sum().backward();
  EXPECT_TRUE(inputs.grad().equal(output(0.3, training(1, 1))));
}

}  // namespace
}  // namespace retort
