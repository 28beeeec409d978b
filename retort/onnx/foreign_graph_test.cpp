#include "tests/onnx_oracle/foreign.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace retort {
namespace {

using foreign::Foreign;
using foreign::gemm;
using testing::HasSubstr;

TEST(OnnxRefusals, AnAddThatIsNoBiasAddsNodesButNotOneNumberASample) {
  Foreign shared;
  shared.node("MatMul", {"x", "w"}, {"product"});
  shared.node("Add", {"product", "b"}, {"sum"});
  shared.node("Add", {"product", "sum"}, {"y"}, "shortcut");
  EXPECT_THAT(shared.answers(), testing::ElementsAre(38, 84, 14, 24));
  Foreign column;
  column.numbers("column", {2, 1}, {1, 2});
  column.node("MatMul", {"x", "w"}, {"product"});
  column.node("Add", {"product", "column"}, {"y"});
  EXPECT_THAT(column.refusal(), HasSubstr("(Add): a constant of [2, 1]"));
}

TEST(OnnxRefusals, ListsEveryMissingOperatorWithANode) {
  Foreign file;
  file.node("Sinh", {"x"}, {"c1"}, "first");
  file.node("Sinh", {"c1"}, {"c2"}, "second");
  file.node("LpPool", {"c2"}, {"m"}, "pool\x1b[31m");
  file.node("FusedGemm", {"m", "w"}, {"y"}).set_domain("com.microsoft");
  EXPECT_THAT(
      file.refusal(),
      HasSubstr("no counterpart here for LpPool (node 'pool\\x1b[31m'), Sinh (node 'first'), "
                "com.microsoft.FusedGemm (node 'y'); there are: "));
}

TEST(OnnxRefusals, RefusesSubgraphsFunctionsAndSparseConstants) {
  Foreign branch = gemm();
  branch.node("If", {"x"}, {"z"}, "choice").add_attribute()->mutable_g()->set_name("then");
  EXPECT_THAT(branch.refusal(), HasSubstr("node 'choice' (If): holds a subgraph"));
  Foreign functions = gemm();
  functions.proto.add_functions()->set_name("f");
  EXPECT_THAT(functions.refusal(), HasSubstr("functions"));
  Foreign sparse = gemm();
  sparse.graph().add_sparse_initializer();
  EXPECT_THAT(sparse.refusal(), HasSubstr("sparse"));
}

TEST(OnnxRefusals, RefusesTooManyNodesAndFalseOperatorSets) {
  Foreign file = gemm();
  for (int i = 0; i < 10'000; ++i) file.node("Relu", {"y"}, {"r" + std::to_string(i)});
  EXPECT_THAT(file.refusal(), HasSubstr("10001 nodes, at most 10000"));
  for (const int64_t opset : {-1, 0, 6, 29}) {
    Foreign other(opset);
    other.node("Gemm", {"x", "w"}, {"y"});
    EXPECT_THAT(other.refusal(), HasSubstr("opset"));
  }
}

TEST(OnnxRefusals, RefusesConstantsThatDoNotFitTheirShape) {
  const auto with = [](auto change) {
    Foreign file = gemm();
    change(*file.graph().mutable_initializer(0));
    return file.refusal();
  };
  using Proto = onnx::TensorProto;
  EXPECT_THAT(with([](Proto& w) { w.add_float_data(1); }),
              HasSubstr("constant 'w': shape [3, 2] wants 6 numbers, got 7"));
  EXPECT_THAT(with([](Proto& w) { w.clear_float_data(); }), HasSubstr("got 0"));
  EXPECT_THAT(with([](Proto& w) { w.set_raw_data("abc"); }), HasSubstr("numbers beside"));
  EXPECT_THAT(with([](Proto& w) { w.clear_float_data(), w.set_raw_data("abc"); }),
              HasSubstr("wants 24 bytes, got 3"));
  for (const int64_t size : {int64_t{-1}, int64_t{1} << 62, int64_t{1} << 39, INT64_MIN}) {
    EXPECT_THAT(with([&](Proto& w) { w.set_dims(0, size), w.set_dims(1, 4); }),
                HasSubstr("impossible shape"));
  }
  EXPECT_THAT(with([](Proto& w) { w.set_dims(0, 1'000'000'000); }), HasSubstr("got 6"));
  EXPECT_THAT(with([](Proto& w) { w.clear_float_data(), w.set_raw_data(""), w.set_dims(0, 0); }),
              HasSubstr("wants shape 2x3, got 2x0"));
  EXPECT_THAT(with([](Proto& w) {
                for (int i = 0; i < 100; ++i) w.add_dims(1);
              }),
              HasSubstr("too many dimensions"));
  EXPECT_THAT(with([](Proto& w) { w.set_data_location(Proto::EXTERNAL); }),
              HasSubstr("constant 'w': its external data have no location"));
  EXPECT_THAT(with([](Proto& w) { w.set_data_type(Proto::FLOAT16); }), HasSubstr("got 0"));
  EXPECT_THAT(with([](Proto& w) { w.set_data_type(Proto::STRING); }), HasSubstr("got STRING"));
  EXPECT_THAT(with([](Proto& w) { w.set_data_type(99); }), HasSubstr("got 99"));
  EXPECT_THAT(with([](Proto& w) { w.mutable_segment()->set_begin(0); }), HasSubstr("segments"));
}

TEST(OnnxRefusals, RefusesSeveralInputsAndOutputsFromNowhere) {
  Foreign two = gemm();
  Foreign::value(*two.graph().add_input(), "second", {-1, 3});
  EXPECT_THAT(two.refusal(), HasSubstr("wanted 1 input, got 2: x, second"));
  Foreign none = gemm();
  none.graph().clear_input();
  EXPECT_THAT(none.refusal(), HasSubstr("wanted 1 input, got 0"));
  Foreign outputs = gemm();
  outputs.graph().clear_output();
  EXPECT_THAT(outputs.refusal(), HasSubstr("wanted an output"));
  Foreign nowhere = gemm();
  nowhere.graph().mutable_output(0)->set_name("z");
  EXPECT_THAT(nowhere.refusal(), HasSubstr("nothing makes the output 'z'"));
  Foreign whole = gemm();
  whole.graph().mutable_output(0)->set_name("x");
  EXPECT_THAT(whole.refusal(), HasSubstr("no nodes"));
}

TEST(OnnxRefusals, RefusesShapesThatAreNotFixed) {
  const auto with = [](const Shape& shape) {
    Foreign file = gemm();
    Foreign::value(*file.graph().mutable_input(0), "x", shape);
    return file.refusal();
  };
  EXPECT_EQ(with({1, 3}), "accepted");
  EXPECT_THAT(with({-1, 3, -1, 5}), HasSubstr("got [batch, 3, batch, 5]"));
  EXPECT_THAT(with({-1}), HasSubstr("fixed but for the batch"));
  EXPECT_THAT(with({}), HasSubstr("fixed but for the batch"));
  EXPECT_THAT(with({-1, 0}), HasSubstr("fixed but for the batch"));
  EXPECT_THAT(with({-1, 3, 2}), HasSubstr("'y.weight' wants shape 2x2, got 2x3"));
  EXPECT_THAT(with({-1, int64_t{1} << 62}), HasSubstr("impossible shape"));
  Foreign bytes = gemm();
  bytes.graph().mutable_input(0)->mutable_type()->mutable_tensor_type()->set_elem_type(
      onnx::TensorProto::UINT8);
  EXPECT_THAT(bytes.refusal(), HasSubstr("input 'x': wanted a tensor of fp32, got UINT8"));
}

TEST(OnnxRefusals, RefusesValuesThatComeFromNowhereOrTwice) {
  Foreign unordered;
  unordered.node("Relu", {"z"}, {"y"}, "early");
  unordered.node("Gemm", {"x", "w"}, {"z"});
  EXPECT_THAT(unordered.refusal(), HasSubstr("node 'early' (Relu): reads 'z'"));
  Foreign itself;
  itself.node("Relu", {"y"}, {"y"});
  EXPECT_THAT(itself.refusal(), HasSubstr("reads 'y'"));
  Foreign twice = gemm();
  twice.node("Relu", {"x"}, {"y"});
  EXPECT_THAT(twice.refusal(), HasSubstr("'y' is there twice"));
  Foreign constants = gemm();
  constants.numbers("w", {1}, {1});
  EXPECT_THAT(constants.refusal(), HasSubstr("'w' is there twice"));
  Foreign mask;
  mask.node("Dropout", {"x"}, {"d", "mask"});
  mask.node("Relu", {"mask"}, {"y"});
  EXPECT_NE(mask.refusal(), "accepted");
}

TEST(OnnxRefusals, RefusesAttributesOfKindsWithoutCounterpart) {
  Foreign file = gemm();
  onnx::AttributeProto& attribute = *file.graph().mutable_node(0)->add_attribute();
  attribute.set_name("mode");
  attribute.set_type(onnx::AttributeProto::TENSOR);
  attribute.mutable_t()->set_name("loud");
  EXPECT_THAT(file.refusal(), HasSubstr("node 'y' (Gemm): the attribute 'mode'"));
}

}  // namespace
}  // namespace retort
