#include "tests/onnx_oracle/foreign.hpp"

#include <ATen/ops/arange.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

// What is easily read as something else than it says, and sizes that overflow.
namespace retort {
namespace {

using foreign::Foreign;
using testing::ElementsAre;
using testing::HasSubstr;

void integers(Foreign& file, const std::string& name, const std::vector<int64_t>& values) {
  onnx::TensorProto& tensor = file.numbers(name, {static_cast<int64_t>(values.size())}, {});
  tensor.set_data_type(onnx::TensorProto::INT64);
  for (const int64_t value : values) tensor.add_int64_data(value);
}

Foreign with_input(const Shape& shape) {
  Foreign file;
  Foreign::value(*file.graph().mutable_input(0), "x", shape);
  return file;
}

TEST(OnnxLimits, ACastOfTheInputIsTheInput) {
  Foreign file;
  file.node("Cast", {"x"}, {"cast"});
  file.set("to", 10);
  file.node("Gemm", {"cast", "w", "b"}, {"y"});
  EXPECT_THAT(file.answers(), ElementsAre(24, 52, 12, 22));
}

TEST(OnnxLimits, AConstantThatSpreadsTheDataGivesItsOwnSizes) {
  for (const std::string op : {"Mul", "Sum"}) {
    Foreign file = with_input({-1, 1, 2, 2});
    file.numbers("each", {3, 1, 1}, {1, 2, 3});
    integers(file, "channels", {1});
    file.node("Mul", {"x", "each"}, {"spread"});
    if (op == "Sum") file.node("Sum", {"x", "spread", "x"}, {"more"});
    file.node("ReduceSum", {op == "Sum" ? "more" : "spread", "channels"}, {"y"});
    const Tensor image = at::arange(4, at::kFloat).reshape({1, 1, 2, 2});
    const Network network(model_from_onnx(file.proto, {}));
    const Tensor answer = network.forward(image, {"y"}).at("y");
    EXPECT_TRUE(answer.equal(image.mul(op == "Sum" ? 12 : 6))) << op;
  }
}

TEST(OnnxLimits, SlopesAreCountedFromTheLastDimension) {
  const auto with = [](const Shape& slope) {
    Foreign file = with_input({-1, 3, 2, 3});
    file.numbers("slope", slope, {1, 2, 3});
    file.node("PRelu", {"x", "slope"}, {"y"}, "prelu");
    return file.refusal();
  };
  EXPECT_EQ(with({3, 1, 1}), "accepted");
  EXPECT_EQ(with({1, 3, 1, 1}), "accepted");
  EXPECT_THAT(with({3}), HasSubstr("node 'prelu' (PRelu): wanted one slope a channel beside"));
  EXPECT_THAT(with({1, 3, 1}), HasSubstr("got [1, 3, 1]"));
}

TEST(OnnxLimits, OnlyTheLastNodeIsCalledLogits) {
  Foreign inner;
  inner.node("Gemm", {"x", "w", "b"}, {"g"}, "logits");
  inner.node("Relu", {"g"}, {"y"}, "last");
  EXPECT_THAT(model_from_onnx(inner.proto, {}).graph.names(),
              ElementsAre("input", "logits_2", "last"));
  Foreign last;
  last.node("Gemm", {"x", "w", "b"}, {"y"}, "logits");
  EXPECT_THAT(model_from_onnx(last.proto, {}).graph.names(), ElementsAre("input", "logits"));
  Foreign flattened = with_input({-1, 2, 4, 4});
  Foreign::value(*flattened.graph().mutable_output(0), "y", {-1, 2, 1, 1});
  flattened.node("GlobalAveragePool", {"x"}, {"y"}, "logits");
  EXPECT_THAT(model_from_onnx(flattened.proto, {}).graph.names(),
              ElementsAre("input", "logits_2", "flatten"));
}

TEST(OnnxLimits, NumbersThatOverflowAreRefused) {
  EXPECT_THAT(with_input({(1 << 20) + 1, 3}).refusal(), HasSubstr("a batch of 1048577, at most"));
  Foreign groups = with_input({-1, 1, 2, 2});
  groups.numbers("kernel", {1, 4, 1, 1}, {1, 1, 1, 1});
  groups.node("ConvTranspose", {"x", "kernel"}, {"y"});
  groups.set("group", int64_t{1} << 62);
  EXPECT_THAT(groups.refusal(), HasSubstr("groups of 4 channels"));
  for (const int64_t place : {INT64_MAX, INT64_MIN, int64_t{3}}) {
    Foreign gather;
    integers(gather, "place", {place});
    gather.node("Gather", {"x", "place"}, {"y"});
    gather.set("axis", 1);
    EXPECT_THAT(gather.refusal(), HasSubstr("wanted places below 3"));
  }
}

TEST(OnnxLimits, SizesThatDoNotFitAreRefused) {
  const auto split = [](const std::vector<int64_t>& parts) {
    Foreign file;
    integers(file, "parts", parts);
    file.node("Split", {"x", "parts"}, {"left", "right"}, "split");
    file.set("axis", 1);
    file.node("Concat", {"left", "right"}, {"y"});
    file.set("axis", 1);
    return file.refusal();
  };
  EXPECT_EQ(split({1, 2}), "accepted");
  for (const auto& parts : {std::vector<int64_t>{1, 1}, {2, 2}, {4, -1}, {INT64_MAX, 1}}) {
    EXPECT_THAT(split(parts), HasSubstr("node 'split' (Split): sizes of ["));
  }
  const auto expand = [](int64_t own, int64_t wanted) {
    Foreign file = with_input({-1, own, 2});
    integers(file, "sizes", {1, wanted, 2});
    file.node("Expand", {"x", "sizes"}, {"y"});
    return file.refusal();
  };
  EXPECT_EQ(expand(1, 4), "accepted");
  EXPECT_EQ(expand(4, 1), "accepted");
  EXPECT_THAT(expand(4, 2), HasSubstr("[N, 4, 2] does not spread to [1, 2, 2]"));
  EXPECT_THAT(expand(4, -1), HasSubstr("does not spread"));
}

TEST(OnnxLimits, ClassNamesWantClasses) {
  Foreign file;
  integers(file, "axis", {1});
  file.node("ReduceSum", {"x", "axis"}, {"y"});
  file.set("keepdims", 0);
  onnx::StringStringEntryProto& entry = *file.proto.add_metadata_props();
  entry.set_key("retort.classes");
  entry.set_value(R"(["a", "b"])");
  EXPECT_THAT(file.refusal(), HasSubstr("2 class names for an output of one number"));
}

TEST(OnnxLimits, TheElementOfAConstantHasANameOfItsOwn) {
  Foreign file;
  integers(file, "sizes", {2});
  onnx::AttributeProto& value = *file.node("ConstantOfShape", {"sizes"}, {"a"}).add_attribute();
  value.set_name("value");
  value.mutable_t()->set_data_type(onnx::TensorProto::FLOAT);
  value.mutable_t()->add_dims(1);
  value.mutable_t()->add_float_data(100);
  file.node("Gemm", {"x", "w", "a"}, {"a.value"});
  file.node("Relu", {"a.value"}, {"y"});
  EXPECT_THAT(file.answers(), ElementsAre(114, 132, 102, 102));
}

TEST(OnnxLimits, OutputsWithoutANameAreNoData) {
  Foreign file;
  integers(file, "sizes", {2});
  file.node("Dropout", {"x"}, {"d", ""});
  file.node("ConstantOfShape", {"sizes", ""}, {"zeros"});
  file.node("Gemm", {"d", "w", "zeros"}, {"y"});
  EXPECT_THAT(file.answers(), ElementsAre(14, 32, 2, 2));
}

}  // namespace
}  // namespace retort
