#include "tests/onnx_oracle/foreign.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace retort {
namespace {

using foreign::Foreign;
using foreign::gemm;
using foreign::Words;
using testing::ElementsAre;
using testing::HasSubstr;

TEST(OnnxReading, GemmWithTypedData) {
  EXPECT_THAT(gemm().answers(), ElementsAre(24, 52, 12, 22));
  EXPECT_TRUE(model_from_onnx(gemm().proto, {}).graph.classes.empty());
}

TEST(OnnxReading, GemmWithRawDataTransposedAndScaled) {
  Foreign file;
  const float rows[] = {1, 2, 3, 4, 5, 6};
  onnx::TensorProto& raw = file.numbers("raw", {2, 3}, {});
  raw.set_raw_data(rows, sizeof rows);
  onnx::NodeProto& node = file.node("Gemm", {"x", "raw", "b"}, {"y"});
  file.set("transB", 1);
  for (const auto& [name, value] : {std::pair{"alpha", 2.F}, {"beta", 0.5F}}) {
    onnx::AttributeProto& attribute = *node.add_attribute();
    attribute.set_name(name);
    attribute.set_type(onnx::AttributeProto::FLOAT);
    attribute.set_f(value);
  }
  EXPECT_THAT(file.answers(), ElementsAre(33, 74, 9, 14));
}

TEST(OnnxReading, MatMulWithAndWithoutAdd) {
  Foreign alone;
  alone.node("MatMul", {"x", "w"}, {"y"});
  EXPECT_THAT(alone.answers(), ElementsAre(14, 32, 2, 2));
  for (const bool turned : {false, true}) {
    Foreign file;
    file.node("MatMul", {"x", "w"}, {"product"}, "fc");
    file.node("Add", turned ? Words{"b", "product"} : Words{"product", "b"}, {"y"}, "add");
    EXPECT_THAT(file.answers(), ElementsAre(24, 52, 12, 22));
    EXPECT_THAT(model_from_onnx(file.proto, {}).graph.names(), ElementsAre("input", "fc"));
  }
}

TEST(OnnxReading, FlattenReluDropoutAndIdentity) {
  for (const int64_t opset : {7, 11, 13, 21}) {
    Foreign file(opset);
    Foreign::value(*file.graph().mutable_input(0), "x", {1, 3, 1, 1});
    file.node("Flatten", {"x"}, {"flat"});
    file.node("Identity", {"flat"}, {"same"});
    file.node("Identity", {"w"}, {"w2"});
    file.node("Gemm", {"same", "w2"}, {"product"});
    file.numbers("ratio", {}, {0.25F});
    file.node("Dropout", opset < 12 ? Words{"product"} : Words{"product", "ratio"},
              {"dropped", "mask"}, "drop");
    file.node("Relu", {"dropped"}, {"last"}, "relu");
    file.node("Identity", {"last"}, {"y"});
    const Model model = model_from_onnx(file.proto, {});
    EXPECT_THAT(model.graph.names(), ElementsAre("input", "flat", "product", "drop", "relu"));
    EXPECT_EQ(model.graph.input_shape(), (Shape{3, 1, 1}));
    EXPECT_EQ(number(model.graph.nodes()[2], "probability"), opset < 12 ? 0.5 : 0.25);
  }
}

TEST(OnnxReading, ConstantNodesAndInputsThatAreConstants) {
  Foreign file;
  onnx::NodeProto& constant = file.node("Constant", {}, {"c"});
  onnx::AttributeProto& attribute = *constant.add_attribute();
  attribute.set_name("value");
  attribute.set_type(onnx::AttributeProto::TENSOR);
  onnx::TensorProto& tensor = *attribute.mutable_t();
  tensor.set_data_type(onnx::TensorProto::DOUBLE);
  tensor.add_dims(2);
  tensor.add_double_data(100);
  tensor.add_double_data(200);
  Foreign::value(*file.graph().add_input(), "w", {3, 2});
  file.node("Gemm", {"x", "w", "c"}, {"y"});
  EXPECT_THAT(file.answers(), ElementsAre(114, 232, 102, 202));
}

TEST(OnnxReading, FinalSoftmaxIsLeftOut) {
  for (const std::string op : {"Softmax", "LogSoftmax"}) {
    for (const int64_t opset : {9, 17}) {
      Foreign file(opset);
      file.node("Gemm", {"x", "w", "b"}, {"z"}, "fc");
      file.node(op, {"z"}, {"p"});
      file.node("Identity", {"p"}, {"y"});
      EXPECT_THAT(file.answers(), ElementsAre(24, 52, 12, 22));
      onnx::AttributeProto& axis = *file.graph().mutable_node(1)->add_attribute();
      axis.set_name("axis");
      axis.set_i(0);
      EXPECT_THAT(file.refusal(), HasSubstr("over the classes"));
    }
  }
  Foreign inner;
  inner.node("Gemm", {"x", "w", "b"}, {"z"});
  inner.node("LogSoftmax", {"z"}, {"p"}, "inner");
  inner.node("Relu", {"p"}, {"y"});
  EXPECT_THAT(inner.refusal(), HasSubstr("LogSoftmax (node 'inner')"));
}

TEST(OnnxReading, SplitGivesAllOfItsOutputsAndNumbersAreNoWeights) {
  Foreign file;
  file.numbers("half", {}, {0.5});
  file.numbers("two", {1}, {2});
  file.node("Gemm", {"x", "w", "b"}, {"z"});
  file.node("Split", {"z"}, {"left", "right"}, "split");
  file.set("axis", 1);
  file.node("Mul", {"half", "right"}, {"r"});
  file.node("Sub", {"left", "two"}, {"l"});
  file.node("Concat", {"r", "l"}, {"y"});
  file.set("axis", -1);
  EXPECT_THAT(file.answers(), ElementsAre(26, 22, 11, 10));
  const Model model = model_from_onnx(file.proto, {});
  EXPECT_EQ(model.weights.names(), (Names{"z.weight", "z.bias"}));
  EXPECT_EQ(model.graph.shape("right"), Shape{1});
}

TEST(OnnxReading, NodesThatTheOutputDoesNotNeedAreLeftOut) {
  Foreign file = gemm();
  file.node("Sinh", {"y"}, {"unused"});
  EXPECT_THAT(file.answers(), ElementsAre(24, 52, 12, 22));
}

TEST(OnnxReading, NamesAreMadeUniqueAndReadable) {
  Foreign file;
  file.numbers("square", {3, 3}, {1, 0, 0, 0, 1, 0, 0, 0, 1});
  file.node("Gemm", {"x", "square"}, {"a"}, "input");
  file.node("Relu", {"a"}, {"b1"}, "same");
  file.node("Relu", {"b1"}, {"c"}, "same");
  file.node("Relu", {"c"}, {"d"}, "\xff\n");
  file.node("Relu", {"d"}, {"e"}, std::string(5000, 'n'));
  file.node("Gemm", {"e", "w", "b"}, {"y"}, "w");
  const Model model = model_from_onnx(file.proto, {});
  EXPECT_THAT(model.graph.names(), ElementsAre("input", "input_2", "same", "same_2",
                                               "\xef\xbf\xbd\\x0a", std::string(200, 'n'), "w_2"));
  EXPECT_THAT(model.weights.names(), ElementsAre("input_2.weight", "w_2.weight", "w_2.bias"));
}

}  // namespace
}  // namespace retort
