#include "tests/onnx_oracle/foreign.hpp"

#include <ATen/ops/arange.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

// What exporters do that is no operator's business: batches of 1, several outputs, constants in all
// their forms, images with channels last.
namespace retort {
namespace {

using foreign::Foreign;
using foreign::gemm;
using foreign::Words;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

void integers(Foreign& file, const std::string& name, const std::vector<int64_t>& values) {
  onnx::TensorProto& tensor = *file.graph().add_initializer();
  tensor.set_name(name);
  tensor.set_data_type(onnx::TensorProto::INT64);
  tensor.add_dims(static_cast<int64_t>(values.size()));
  for (const int64_t value : values) tensor.add_int64_data(value);
}

Foreign of_one(const Shape& input) {
  Foreign file;
  Foreign::value(*file.graph().mutable_input(0), "x", input);
  return file;
}

// x [1, 3] goes through these sizes and back to [1, 3] before the Gemm.
Foreign through(const Shape& input, const std::vector<int64_t>& sizes) {
  Foreign file = of_one(input);
  integers(file, "there", sizes);
  integers(file, "back", {1, -1});
  file.node("Reshape", {"x", "there"}, {"a"}, "first");
  file.node("Reshape", {"a", "back"}, {"flat"}, "second");
  file.node("Gemm", {"flat", "w", "b"}, {"y"});
  return file;
}

TEST(OnnxHabits, ABatchOfOneBecomesAnyBatch) {
  for (const std::vector<int64_t>& sizes :
       {std::vector<int64_t>{1, 3}, {1, 1, 3}, {3, 1}, {1, -1}, {-1, 3}, {3}, {-1}, {1, 3, 1, 1}}) {
    Foreign file = through({1, 3}, sizes);
    EXPECT_THAT(file.answers(), ElementsAre(24, 52, 12, 22)) << testing::PrintToString(sizes);
    EXPECT_THAT(model_from_onnx(file.proto, {}).remarks,
                ElementsAre(HasSubstr("made for a batch of 1")));
  }
  EXPECT_THAT(model_from_onnx(gemm().proto, {}).remarks, IsEmpty());
}

TEST(OnnxHabits, ASumTakesConstantsToo) {
  Foreign file;
  file.numbers("more", {3}, {1, 2, 3});
  file.numbers("less", {1, 3}, {-1, -2, -3});
  file.node("Sum", {"more", "x", "less"}, {"moved"});
  file.node("Gemm", {"moved", "w", "b"}, {"y"});
  EXPECT_THAT(file.answers(), ElementsAre(24, 52, 12, 22));
}

TEST(OnnxHabits, WhatASigmoidSaysIsNotTakenForLogitsSilently) {
  Foreign file;
  file.node("Gemm", {"x", "w", "b"}, {"scores"});
  file.node("Sigmoid", {"scores"}, {"y"}, "last");
  EXPECT_THAT(model_from_onnx(file.proto, {}).remarks,
              ElementsAre(HasSubstr("not logits but what 'last', a sigmoid, says")));
}

TEST(OnnxHabits, TwoClassesOfOneNameAreRefused) {
  Foreign file = gemm();
  onnx::StringStringEntryProto& entry = *file.proto.add_metadata_props();
  entry.set_key("retort.classes");
  entry.set_value(R"(["cat", "cat"])");
  EXPECT_THAT(file.refusal(), HasSubstr("name 'cat' twice"));
}

TEST(OnnxHabits, ASliceThatGoesBackwardsIsRefusedInWords) {
  Foreign file;
  for (const auto& [name, value] : {std::pair{"from", -1}, {"to", -4}, {"axis", 1}, {"step", -1}}) {
    integers(file, name, {value});
  }
  file.node("Slice", {"x", "from", "to", "axis", "step"}, {"turned"}, "turn");
  file.node("Gemm", {"turned", "w", "b"}, {"y"});
  EXPECT_THAT(file.refusal(), HasSubstr("node 'turn' (Slice): wanted a step from 1 on, got -1"));
}

TEST(OnnxHabits, AConstantOfTheBatchIsRefused) {
  Foreign file = of_one({2, 3});
  file.numbers("each", {2, 3}, {1, 2, 3, 4, 5, 6});
  file.node("Add", {"x", "each"}, {"moved"}, "add");
  file.node("Gemm", {"moved", "w", "b"}, {"y"});
  EXPECT_THAT(file.refusal(), HasSubstr("node 'add' (Add): a constant of [2, 3]"));
}

TEST(OnnxHabits, SamplesThatWouldMixAreRefusedWithTheirNode) {
  Foreign free = of_one({-1, 4});
  integers(free, "pairs", {2, -1, 2});
  free.node("Reshape", {"x", "pairs"}, {"y"}, "mix");
  EXPECT_THAT(free.refusal(), HasSubstr("node 'mix' (Reshape): [N, 4] cannot become [2, -1, 2]"));
  Foreign turned = of_one({1, 3});
  turned.node("Transpose", {"x"}, {"t"});
  turned.node("Softmax", {"t"}, {"s"}, "over");
  turned.node("Relu", {"s"}, {"y"});
  EXPECT_THAT(turned.refusal(), HasSubstr("node 'over' (Softmax): wanted an axis other than the"));
  Foreign first = of_one({1, 3});
  integers(first, "zero", {0});
  first.node("Gather", {"x", "zero"}, {"y"}, "first");
  EXPECT_THAT(first.refusal(), HasSubstr("node 'first' (Gather): wanted an axis other than the"));
  Foreign mean = of_one({1, 3});
  mean.node("ReduceMean", {"x"}, {"y"}, "all");
  EXPECT_THAT(mean.refusal(), HasSubstr("node 'all' (ReduceMean): it goes over the batch"));
}

TEST(OnnxHabits, TheBatchMayLieInsideADimension) {
  Foreign file = of_one({-1, 2, 3});
  integers(file, "rows", {-1, 3});
  integers(file, "samples", {-1, 4});
  file.node("Reshape", {"x", "rows"}, {"r"});
  file.node("Gemm", {"r", "w", "b"}, {"g"});
  file.node("Reshape", {"g", "samples"}, {"y"});
  const Model model = model_from_onnx(file.proto, {});
  EXPECT_EQ(model.graph.shape("y"), (Shape{4}));
  const Tensor inputs = at::arange(12, at::kFloat).reshape({2, 2, 3});
  const Tensor both = Network(model).forward(inputs, {"y"}).at("y");
  const Tensor second = Network(model).forward(inputs.narrow(0, 1, 1), {"y"}).at("y");
  EXPECT_TRUE(both.narrow(0, 1, 1).allclose(second));
}

// Older sets tell a norm in training by the outputs it has.
TEST(OnnxHabits, ANormThatGivesTheMeansOfTheBatchIsInTraining) {
  const auto with = [](const std::vector<std::string>& outputs) {
    Foreign file(9);
    for (const std::string name : {"scale", "shift", "mean", "variance"}) {
      file.numbers(name, {3}, {1, 1, 1});
    }
    file.node("BatchNormalization", {"x", "scale", "shift", "mean", "variance"}, outputs, "norm");
    file.node("Gemm", {"n", "w", "b"}, {"y"});
    return file;
  };
  EXPECT_EQ(with({"n"}).answers().size(), 4U);
  EXPECT_EQ(with({"n", "", "", "", ""}).answers().size(), 4U);
  EXPECT_THAT(with({"n", "m", "v", "sm", "sv"}).refusal(),
              HasSubstr("node 'norm' (BatchNormalization): it is in training mode"));
}

TEST(OnnxHabits, OfSeveralOutputsTheFirstIsRead) {
  Foreign file = gemm();
  file.node("Sinh", {"x"}, {"hidden"});
  Foreign::value(*file.graph().add_output(), "hidden", {-1, 3});
  EXPECT_THAT(file.answers(), ElementsAre(24, 52, 12, 22));
  EXPECT_THAT(model_from_onnx(file.proto, {}).remarks,
              ElementsAre(HasSubstr("the first is read, 'y', not hidden")));
}

TEST(OnnxHabits, ConstantsOfEveryForm) {
  Foreign file;
  const auto constant = [&](const std::string& name) -> onnx::AttributeProto& {
    onnx::AttributeProto& attribute = *file.node("Constant", {}, {name}).add_attribute();
    return attribute;
  };
  onnx::AttributeProto& list = constant("list");
  list.set_name("value_floats");
  for (const float number : {100.F, 200.F}) list.add_floats(number);
  onnx::AttributeProto& one = constant("one");
  one.set_name("value_float");
  one.set_f(0.5F);
  onnx::AttributeProto& sizes = constant("sizes");
  sizes.set_name("value_ints");
  for (const int64_t size : {-1, 2}) sizes.add_ints(size);
  onnx::TensorProto& half = *file.graph().add_initializer();
  half.set_name("half");
  half.set_data_type(onnx::TensorProto::FLOAT16);
  half.add_dims(1);
  half.add_int32_data(0x4000);  // 2
  onnx::TensorProto& brain = *file.graph().add_initializer();
  brain.set_name("brain");
  brain.set_data_type(onnx::TensorProto::BFLOAT16);
  brain.set_raw_data(std::string("\x80\x3f", 2));  // 1
  file.node("Gemm", {"x", "w", "list"}, {"g"});
  file.node("Mul", {"g", "one"}, {"m"});
  file.node("Mul", {"m", "half"}, {"n"});
  file.node("Sub", {"brain", "n"}, {"s"});
  file.node("Reshape", {"s", "sizes"}, {"y"});
  EXPECT_THAT(file.answers(), ElementsAre(-113, -231, -101, -201));
}

TEST(OnnxHabits, ImagesWithChannelsLastAreGivenChannelsFirst) {
  Foreign file;
  Foreign::value(*file.graph().mutable_input(0), "x", {-1, 8, 8, 3});
  onnx::NodeProto& turn = file.node("Transpose", {"x"}, {"t"}, "turn");
  onnx::AttributeProto& order = *turn.add_attribute();
  order.set_name("perm");
  for (const int64_t axis : {0, 3, 1, 2}) order.add_ints(axis);
  file.node("GlobalAveragePool", {"t"}, {"y"}, "pool");
  const Model model = model_from_onnx(file.proto, {});
  EXPECT_EQ(model.graph.input_shape(), (Shape{3, 8, 8}));
  const Tensor image = at::arange(192, at::kFloat).reshape({1, 3, 8, 8});
  const Tensor answer = Network(model).forward(image, {"logits"}).at("logits");
  EXPECT_TRUE(answer.allclose(image.mean({2, 3})));
  EXPECT_THAT(model.remarks,
              ElementsAre(HasSubstr("answers of 3x1x1 are flattened"), HasSubstr("[N, H, W, C]")));
}

TEST(OnnxHabits, ASoftmaxBeforeChangesOfShapeIsLeftOutToo) {
  Foreign file(12);
  integers(file, "image", {-1, 2, 1, 1});
  file.node("Gemm", {"x", "w", "b"}, {"g"});
  file.node("Reshape", {"g", "image"}, {"i"});
  file.node("Softmax", {"i"}, {"p"}, "probabilities");
  file.node("Flatten", {"p"}, {"y"});
  EXPECT_THAT(file.answers(), ElementsAre(24, 52, 12, 22));
  EXPECT_THAT(model_from_onnx(file.proto, {}).remarks,
              ElementsAre(HasSubstr("node 'probabilities' (Softmax) at the end is left out")));
}

}  // namespace
}  // namespace retort
