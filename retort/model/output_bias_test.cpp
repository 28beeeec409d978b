#include "retort/model/output_bias.hpp"

#include <ATen/TensorOperators.h>
#include <ATen/ops/allclose.h>
#include <ATen/ops/rand.h>
#include <ATen/ops/tensor.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "retort/base/error.hpp"
#include "retort/model/network.hpp"

namespace retort {
namespace {

Model a_model(bool bias) {
  Graph graph({1, 2, 2});
  const std::string last = graph.linear("out", graph.flatten("flat", "input"), 3, bias);
  graph.classes = {"a", "b", "c"};
  return {graph, initial_weights(graph, 1)};
}

TEST(ModelOutputBias, IsAddedToTheLogits) {
  const Tensor images = at::rand({5, 1, 2, 2});
  for (const bool bias : {true, false}) {
    const Model before = a_model(bias);
    const Model once = with_output_bias(before, {1, -2, 0.5});
    const Model twice = with_output_bias(once, {1, 1, 1});
    check_weights(twice, "twice");
    EXPECT_EQ(twice.graph.classes, before.graph.classes);
    const auto logits = [&](const Model& model) {
      return Network(model).forward(images, {"out"}).at("out");
    };
    const Tensor wanted = logits(before) + at::tensor({2.0, -1.0, 1.5}, at::kFloat);
    EXPECT_TRUE(at::allclose(logits(twice), wanted, 1e-5, 1e-6)) << bias;
  }
}

TEST(ModelOutputBias, WantsALinearMapAtTheEnd) {
  Graph graph({4});
  graph.relu("last", graph.linear("out", "input", 3));
  const Model model{graph, initial_weights(graph, 1)};
  try {
    with_output_bias(model, {1, 2, 3});
    FAIL() << "no error";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ExitCode::model);
    EXPECT_THAT(error.what(), testing::HasSubstr("node 'last' (relu): wanted a linear map to 3"));
  }
  EXPECT_THROW(with_output_bias(a_model(true), {1, 2}), Error);
}

}  // namespace
}  // namespace retort
