#include "retort/onnx/shape_arithmetic.hpp"

#include <ATen/ops/tensor.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "retort/base/error.hpp"

namespace retort {
namespace {

using testing::ElementsAre;
using Integers = std::vector<int64_t>;

KnownValue row(const Integers& numbers) {
  return {at::tensor(numbers, at::kLong)};
}

KnownValue scalar(int64_t number) {
  return {at::tensor(number, at::kLong)};
}

// The answer of a node to a batch of 7.
std::optional<Integers> for_seven(const std::string& type, const std::vector<KnownValue>& inputs,
                                  const Attributes& attributes = {}) {
  std::vector<const KnownValue*> pointers;
  for (const KnownValue& input : inputs) pointers.push_back(&input);
  const OnnxNode node{"n", type, {}, {"n"}, attributes};
  const std::optional<KnownValue> value = computed(node, pointers);
  if (!value) return std::nullopt;
  const Integers fixed = integers_of(value->fixed);
  Integers batches(fixed.size(), 0);
  if (value->batches.defined()) batches = integers_of(value->batches);
  Integers result;
  for (size_t i = 0; i < fixed.size(); ++i) result.push_back(fixed[i] + 7 * batches[i]);
  return result;
}

KnownValue image() {
  return shape_of(OnnxLayout::batch_first({6, 4, 5}));
}

KnownValue batch() {
  const KnownValue shape = image();
  return {shape.fixed[0], shape.batches[0]};
}

TEST(ShapeArithmetic, TheShapeOfDataCountsTheBatch) {
  const auto whole = for_seven("Identity", {image()});
  EXPECT_THAT(*whole, ElementsAre(7, 6, 4, 5));
  const OnnxLayout rows{.sizes = {3, 10}, .batch_axis = 1};
  EXPECT_THAT(*for_seven("Identity", {shape_of(rows)}), ElementsAre(3, 70));
}

TEST(ShapeArithmetic, NumbersMoveWithTheirBatches) {
  const Attributes first = {{"axis", int64_t{0}}};
  EXPECT_THAT(*for_seven("Gather", {image(), scalar(0)}, first), ElementsAre(7));
  EXPECT_THAT(*for_seven("Gather", {image(), row({-1, 0})}, first), ElementsAre(5, 7));
  EXPECT_THAT(*for_seven("Slice", {image(), row({0}), row({2})}), ElementsAre(7, 6));
  EXPECT_THAT(*for_seven("Slice", {image(), row({-1}), row({INT64_MIN}), row({0}), row({-1})}),
              ElementsAre(5, 4, 6, 7));
  EXPECT_THAT(*for_seven("Concat", {image(), row({-1})}, first), ElementsAre(7, 6, 4, 5, -1));
  EXPECT_THAT(*for_seven("Unsqueeze", {batch(), row({0})}), ElementsAre(7));
  EXPECT_THAT(*for_seven("Cast", {image()}, {{"to", int64_t{1}}}), ElementsAre(7, 6, 4, 5));
}

TEST(ShapeArithmetic, SumsAndMultiplesOfTheBatchAreKnown) {
  EXPECT_THAT(*for_seven("Add", {batch(), scalar(3)}), ElementsAre(10));
  EXPECT_THAT(*for_seven("Sub", {scalar(3), batch()}), ElementsAre(-4));
  EXPECT_THAT(*for_seven("Mul", {batch(), scalar(6)}), ElementsAre(42));
  EXPECT_THAT(*for_seven("Mul", {scalar(6), batch()}), ElementsAre(42));
  EXPECT_THAT(*for_seven("Div", {{scalar(12).fixed, scalar(6).fixed}, scalar(6)}), ElementsAre(9));
  EXPECT_THAT(*for_seven("Div", {scalar(-7), scalar(2)}), ElementsAre(-3));
  EXPECT_THAT(*for_seven("Equal", {image(), row({-1, 6, -1, 4})}), ElementsAre(0, 1, 0, 0));
  const KnownValue one_and_a_half{at::tensor(1.5F)}, two{at::tensor(2.F)};
  EXPECT_FALSE(for_seven("Mul", {batch(), one_and_a_half}));
  EXPECT_FALSE(for_seven("Mul", {one_and_a_half, batch()}));
  EXPECT_THAT(*for_seven("Mul", {batch(), two}), ElementsAre(14));
}

TEST(ShapeArithmetic, SettingsAreHeeded) {
  EXPECT_THAT(*for_seven("ReduceSum", {row({1, 2})}), ElementsAre(3));
  EXPECT_THAT(*for_seven("ReduceSum", {row({1, 2})}, {{"noop_with_empty_axes", int64_t{1}}}),
              ElementsAre(1, 2));
  EXPECT_THROW(for_seven("Mod", {scalar(-5), scalar(3)}, {{"fmod", int64_t{1}}}), Error);
  const std::vector<KnownValue> scattered = {
      row({1, 2}), {at::tensor({1}).reshape({1, 1})}, row({5})};
  EXPECT_THAT(*for_seven("ScatterND", scattered), ElementsAre(1, 5));
  EXPECT_THROW(for_seven("ScatterND", scattered, {{"reduction", std::string("add")}}), Error);
  const KnownValue column{at::tensor({1, 2}, at::kLong).reshape({2, 1})};
  EXPECT_THAT(*for_seven("Expand", {column, row({3})}), ElementsAre(1, 1, 1, 2, 2, 2));
}

TEST(ShapeArithmetic, SlicesBackwardsTakeAllOrAreRefused) {
  const auto backwards = [](int64_t end, int64_t step) {
    return for_seven("Slice", {row({1, 2, 3}), row({-1}), row({end}), row({0}), row({step})});
  };
  EXPECT_THAT(*backwards(-4, -1), ElementsAre(3, 2, 1));
  EXPECT_THAT(*backwards(-4, INT64_MIN), ElementsAre(3));
  EXPECT_THROW(backwards(-3, -1), Error);
  EXPECT_THAT(*for_seven("Slice", {row({1, 2, 3}), row({0}), row({3}), row({0}), row({INT64_MAX})}),
              ElementsAre(1));
}

TEST(ShapeArithmetic, ResultsAreMeasuredBeforeTheyAreComputed) {
  const Tensor wide = at::tensor(1, at::kLong).expand({1, 1 << 17}), tall = wide.t();
  const KnownValue across{wide}, down{tall};
  for (const std::string type : {"Add", "Less", "Equal"}) {
    EXPECT_THROW(for_seven(type, {across, down}), Error) << type;
  }
  EXPECT_THROW(for_seven("Equal", {{wide, wide}, down}), Error);
  EXPECT_THROW(for_seven("Where", {across, down, scalar(1)}), Error);
  const KnownValue large{at::tensor(1, at::kLong).expand({1 << 25})};
  EXPECT_THROW(for_seven("Concat", {large, large, large}, {{"axis", int64_t{0}}}), Error);
}

TEST(ShapeArithmetic, AnElementThatIsLeftOutIsZero) {
  const KnownValue sizes = row({2});
  const OnnxNode node{"n", "ConstantOfShape", {}, {"n"}, {}};
  const std::optional<KnownValue> value = computed(node, {&sizes, nullptr});
  EXPECT_THAT(integers_of(value->fixed), ElementsAre(0, 0));
}

TEST(ShapeArithmetic, WhatDependsOnTheBatchOtherwiseIsNotKnown) {
  EXPECT_FALSE(for_seven("Mul", {batch(), batch()}));
  EXPECT_FALSE(for_seven("Div", {batch(), scalar(2)}));
  EXPECT_FALSE(for_seven("Div", {scalar(2), batch()}));
  EXPECT_FALSE(for_seven("Equal", {batch(), scalar(7)}));
  EXPECT_FALSE(for_seven("Sqrt", {batch()}));
  EXPECT_FALSE(for_seven("ReduceProd", {image()}));
  EXPECT_FALSE(for_seven("Range", {scalar(0), batch(), scalar(1)}));
  EXPECT_FALSE(for_seven("Relu", {scalar(1)}));
}

TEST(ShapeArithmetic, WhatIsTheSameForAllSamplesStaysOne) {
  const KnownValue token{at::tensor({1.F, 2.F}).reshape({1, 1, 2})};
  KnownValue sizes = shape_of(OnnxLayout::batch_first({1, 2}));
  const OnnxNode expand{"e", "Expand", {}, {"e"}, {}};
  const std::optional<KnownValue> spread = computed(expand, {&token, &sizes});
  ASSERT_TRUE(spread);
  EXPECT_TRUE(spread->spreads);
  EXPECT_EQ(spread->fixed.sizes().vec(), (Shape{1, 1, 2}));
  const OnnxNode shape{"s", "Shape", {}, {"s"}, {}};
  EXPECT_FALSE(computed(shape, {&*spread}));
  EXPECT_FALSE(for_seven("Expand", {row({1, 2}), shape_of(OnnxLayout{{2}, 0})}));
  EXPECT_FALSE(for_seven("Tile", {row({1, 2}), shape_of(OnnxLayout{{1}, 0})}));
}

TEST(ShapeArithmetic, RefusesWhatCannotBeInWords) {
  const auto refusal = [](const std::string& type, const std::vector<KnownValue>& inputs) {
    try {
      for_seven(type, inputs);
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), ExitCode::model);
      EXPECT_THAT(error.what(), testing::HasSubstr("node 'n'"));
      return std::string(error.what());
    }
    return std::string("accepted");
  };
  const int64_t huge = int64_t{1} << 40;
  for (const std::string type :
       {"ConstantOfShape", "Range", "Reshape", "Gather", "Slice", "Concat", "ScatterND"}) {
    EXPECT_NE(refusal(type, {row({huge, huge}), row({huge, -3}), row({9})}), "accepted") << type;
  }
  for (const std::string type : {"Expand", "Tile", "Unsqueeze", "Squeeze", "Add"}) {
    EXPECT_NE(refusal(type, {row({1, 2}), row({huge, -3, 5})}), "accepted") << type;
  }
  EXPECT_THAT(refusal("ConstantOfShape", {row({huge})}), testing::HasSubstr("impossible size"));
  EXPECT_EQ(refusal("Mod", {scalar(5), scalar(0)}), "accepted");
  EXPECT_EQ(refusal("Div", {scalar(INT64_MIN), scalar(-1)}), "accepted");
  EXPECT_THAT(refusal("Range", {scalar(0)}), testing::HasSubstr("missing"));
}

}  // namespace
}  // namespace retort
