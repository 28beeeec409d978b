#include "retort/model/fold.hpp"

#include <gtest/gtest.h>

#include "retort/model/network.hpp"
#include "tests/golden/golden.hpp"

namespace retort {
namespace {

// Weights, biases and running statistics that all matter.
Model with_weights(const Graph& graph) {
  Model model{graph, {}};
  uint64_t seed = 1;
  for (const ParameterSpec& spec : parameters(graph)) {
    const bool positive = spec.name.ends_with("running_var");
    model.weights.set(
        spec.name, golden::pattern(seed++, spec.shape, positive ? 0.25 : -1, 1.5).to(at::kFloat));
  }
  return model;
}

// The largest difference of two nodes' values, as a share of the largest value.
double difference(const Model& before, const Model& after, const std::string& node) {
  Shape shape = before.graph.input_shape();
  shape.insert(shape.begin(), 3);
  const Tensor inputs = golden::pattern(7, shape, 0, 1).to(at::kFloat);
  const Tensor wanted = Network(before).forward(inputs, {node}).at(node);
  return golden::largest_difference(wanted, Network(after).forward(inputs, {node}).at(node)) /
         golden::flat(wanted).abs().max().item<double>();
}

TEST(Fold, ConvolutionsLinearMapsAndTheirNormsBecomeOne) {
  Graph graph({4, 9, 7});
  graph.conv("conv", "input", {.out_channels = 6, .kernel = 3, .padding = 1, .groups = 2});
  graph.batch_norm("norm", "conv", 1e-3);
  graph.conv("biased", graph.relu("relu", "norm"), {.out_channels = 4, .stride = 2, .bias = true});
  graph.batch_norm("norm2", "biased");
  graph.add("conv_transposed", "up", "norm2",
            {{"kernel", Shape{3, 3}},
             {"stride", Shape{2, 2}},
             {"padding", Shape{0, 1, 0, 1}},
             {"dilation", Shape{1, 1}},
             {"output_padding", Shape{0, 0}},
             {"groups", int64_t{2}},
             {"out_channels", int64_t{6}},
             {"bias", int64_t{0}}});
  graph.batch_norm("norm3", "up");
  graph.linear("fc", graph.flatten("flatten", "norm3"), 5);
  graph.batch_norm("norm4", "fc");
  graph.classes = {"a", "b", "c", "d", "e"};
  graph.normalisation = {{0.1, 0.2, 0.3, 0.4}, {1, 2, 3, 4}};
  const Model before = with_weights(graph);
  const Model after = folded(before);
  EXPECT_EQ(after.graph.names(),
            (Names{"input", "norm", "relu", "norm2", "norm3", "flatten", "norm4"}));
  for (const std::string& node : after.graph.names()) {
    EXPECT_LT(difference(before, after, node), 1e-5) << node;
  }
  EXPECT_EQ(after.graph.classes, graph.classes);
  EXPECT_EQ(after.graph.normalisation, graph.normalisation);
  // A norm's scale and shift become a bias where there was none, and nothing where there was one.
  EXPECT_EQ(cost(before.graph).parameters - cost(after.graph).parameters, 6 + 8 + 6 + 10);
}

TEST(Fold, WhatOthersReadToOrIsNoMapStays) {
  Graph graph({2, 4, 4});
  graph.batch_norm("first", "input");
  graph.conv("conv", "first", {.out_channels = 2});
  graph.batch_norm("norm", "conv");
  graph.sum("sum", "norm", "conv");
  graph.batch_norm("second", graph.relu("relu", "sum"));
  const Model before = with_weights(graph);
  const Model after = folded(before);
  EXPECT_EQ(after.graph.names(), graph.names());
  EXPECT_EQ(after.weights.names(), before.weights.names());
}

TEST(Fold, OfASequenceTheNormIsOfPlaces) {
  Graph graph({3, 4});
  graph.linear("fc", "input", 3);
  graph.batch_norm("norm", "fc");
  const Model before = with_weights(graph);
  EXPECT_EQ(folded(before).graph.names(), graph.names());
  EXPECT_LT(difference(before, folded(before), "norm"), 1e-5);
}

}  // namespace
}  // namespace retort
