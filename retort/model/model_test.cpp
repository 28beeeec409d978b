#include "retort/model/model.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "retort/base/error.hpp"
#include "tests/golden/golden.hpp"

namespace retort {
namespace {

Graph graph_of(int64_t hidden) {
  Graph graph({784});
  graph.linear("fc1", "input", hidden);
  graph.relu("relu1", "fc1");
  graph.linear("logits", "relu1", 10);
  return graph;
}

double variance(const Tensor& tensor) {
  return golden::flat(tensor).square().mean().item<double>();
}

// Five standard deviations of the mean of n squared normal numbers of variance 1.
double bound(int64_t n) {
  return 5 * std::sqrt(2.0 / static_cast<double>(n));
}

TEST(InitialWeights, HaveTheStatedVarianceAndZeroBiases) {
  const NamedTensors weights = initial_weights(graph_of(300), 1);
  EXPECT_EQ(weights.names(), (Names{"fc1.weight", "fc1.bias", "logits.weight", "logits.bias"}));
  const Tensor& before_relu = weights.at("fc1.weight");
  EXPECT_NEAR(variance(before_relu) * 784 / 2, 1, bound(before_relu.numel()));
  EXPECT_LT(std::abs(golden::flat(before_relu).mean().item<double>()),
            5 * std::sqrt(2.0 / 784 / static_cast<double>(before_relu.numel())));
  const Tensor& last = weights.at("logits.weight");
  EXPECT_NEAR(variance(last) * 300, 1, bound(last.numel()));
  EXPECT_EQ(variance(weights.at("fc1.bias")), 0);
  EXPECT_EQ(variance(weights.at("logits.bias")), 0);
  EXPECT_EQ(before_relu.scalar_type(), at::kFloat);
}

TEST(InitialWeights, HaveTheDeviationThatANodeSays) {
  Graph graph({3, 8, 8});
  graph.conv("conv", "input", {.out_channels = 50, .kernel = 3, .deviation = 0.01});
  graph.linear("fc", graph.flatten("flatten", "conv"), 10, /*bias=*/true, /*deviation=*/0.02);
  const NamedTensors weights = initial_weights(graph, 1);
  for (const auto& [name, deviation] : {std::pair("conv.weight", 0.01), {"fc.weight", 0.02}}) {
    const Tensor& weight = weights.at(name);
    EXPECT_NEAR(variance(weight) / (deviation * deviation), 1, bound(weight.numel())) << name;
  }
  Graph wrong({4});
  EXPECT_THROW(wrong.add("linear", "fc", "input",
                         {{"bias", int64_t{1}}, {"out_features", int64_t{2}}, {"deviation", -1.0}}),
               Error);
}

TEST(InitialWeights, AreNormal) {
  const Tensor weight = initial_weights(graph_of(300), 1).at("fc1.weight");
  const Tensor unit = golden::flat(weight).abs() * std::sqrt(784.0 / 2);
  const auto n = static_cast<double>(unit.numel());
  // Shares of a normal distribution beyond 1, 2 and 3 standard deviations.
  for (const double deviations : {1.0, 2.0, 3.0}) {
    const double expected = std::erfc(deviations / std::sqrt(2.0));
    EXPECT_NEAR(unit.gt(deviations).sum().item<double>() / n, expected,
                5 * std::sqrt(expected * (1 - expected) / n));
  }
}

TEST(InitialWeights, AreAFunctionOfSeedAndName) {
  const NamedTensors one = initial_weights(graph_of(300), 1);
  EXPECT_TRUE(one.at("fc1.weight").equal(initial_weights(graph_of(300), 1).at("fc1.weight")));
  EXPECT_FALSE(one.at("fc1.weight").equal(initial_weights(graph_of(300), 2).at("fc1.weight")));
  Graph longer = graph_of(300);
  longer.linear("more", "logits", 10);
  EXPECT_TRUE(one.at("fc1.weight").equal(initial_weights(longer, 1).at("fc1.weight")))
      << "a node further on changed the weights of an earlier one";
  const NamedTensors twins = initial_weights(longer, 1);
  EXPECT_FALSE(twins.at("more.weight").equal(twins.at("logits.weight").narrow(1, 0, 10)));
}

}  // namespace
}  // namespace retort
