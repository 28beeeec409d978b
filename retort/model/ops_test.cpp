#include "retort/model/ops.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "retort/base/error.hpp"
#include "tests/golden/golden.hpp"

namespace retort {
namespace {

// One use of an op: every row of the table needs at least one.
struct Example {
  Node node;
  std::vector<Shape> inputs;
};

std::vector<Example> examples() {
  return {
      {{"a", "flatten", {"x"}, {}}, {{3, 4, 5}}},
      {{"b", "flatten", {"x"}, {}}, {{7}}},
      {{"c", "linear", {"x"}, {{"out_features", int64_t{5}}, {"bias", int64_t{1}}}}, {{7}}},
      {{"d", "linear", {"x"}, {{"out_features", int64_t{1}}, {"bias", int64_t{0}}}}, {{3}}},
      {{"e", "relu", {"x"}, {}}, {{3, 4, 5}}},
      {{"f", "dropout", {"x"}, {{"probability", 0.5}}}, {{3, 4}}},
      {{"g", "dropout", {"x"}, {{"probability", 0.0}}}, {{6}}},
  };
}

Shape with_batch(int64_t batch, const Shape& shape) {
  Shape result = {batch};
  result.insert(result.end(), shape.begin(), shape.end());
  return result;
}

Tensor run(const Example& example, int64_t batch, const PassMode& mode) {
  const Op& op = op_named(example.node.op);
  std::vector<Tensor> inputs, weights;
  for (const Shape& shape : example.inputs) {
    inputs.push_back(golden::pattern(1, with_batch(batch, shape), -2, 2).to(at::kFloat));
  }
  for (const ParameterSpec& spec : op.parameters(example.node, example.inputs)) {
    weights.push_back(golden::pattern(2, spec.shape, -1, 1).to(at::kFloat));
  }
  return op.forward(example.node, inputs, weights, mode, 0);
}

TEST(Ops, EveryRowHasAnExampleHelpAndUniqueName) {
  std::vector<std::string> names;
  for (const Op& op : ops()) {
    EXPECT_FALSE(op.help.empty()) << op.name;
    EXPECT_FALSE(op.onnx_type.empty()) << op.name;
    EXPECT_THAT(names, testing::Not(testing::Contains(op.name)));
    names.emplace_back(op.name);
    const std::vector<Example> all = examples();
    EXPECT_TRUE(std::any_of(all.begin(), all.end(),
                            [&](const Example& example) { return example.node.op == op.name; }))
        << op.name << " has no example above";
  }
}

TEST(Ops, ShapeInferenceIsTheShapeThatComesOut) {
  for (const Example& example : examples()) {
    const Shape inferred = op_named(example.node.op).shape(example.node, example.inputs);
    for (const int64_t batch : {1, 6}) {
      for (const bool training : {false, true}) {
        for (const bool bf16 : {false, true}) {
          const Tensor output = run(example, batch, {.training = training, .bf16 = bf16});
          EXPECT_EQ(output.sizes().vec(), with_batch(batch, inferred)) << node_text(example.node);
          EXPECT_EQ(output.scalar_type(), at::kFloat) << node_text(example.node);
        }
      }
    }
  }
}

TEST(Ops, MacsAreThoseOfTheWeightMatrix) {
  for (const Example& example : examples()) {
    const Op& op = op_named(example.node.op);
    int64_t products = 0;
    for (const ParameterSpec& spec : op.parameters(example.node, example.inputs)) {
      if (spec.shape.size() == 2) products += spec.shape[0] * spec.shape[1];
    }
    EXPECT_EQ(op.macs(example.node, example.inputs), products) << node_text(example.node);
  }
}

TEST(Ops, AMissNamesTheNearest) {
  try {
    op_named("liner");
    FAIL() << "no error";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ExitCode::model);
    EXPECT_THAT(error.what(), testing::HasSubstr("did you mean 'linear'?"));
  }
}

TEST(Ops, MissingAndMistypedAttributesAreErrors) {
  const Op& linear = op_named("linear");
  const Op& dropout = op_named("dropout");
  EXPECT_THROW(linear.shape({"a", "linear", {"x"}, {{"bias", int64_t{1}}}}, {{7}}), Error);
  EXPECT_THROW(linear.shape({"a", "linear", {"x"}, {{"out_features", 2.5}}}, {{7}}), Error);
  EXPECT_THROW(dropout.shape({"a", "dropout", {"x"}, {}}, {{7}}), Error);
  EXPECT_THROW(
      dropout.shape({"a", "dropout", {"x"}, {{"probability", std::vector<int64_t>{1}}}}, {{7}}),
      Error);
  EXPECT_THROW(dropout.shape({"a", "dropout", {"x"}, {{"probability", std::nan("")}}}, {{7}}),
               Error);
}

}  // namespace
}  // namespace retort
