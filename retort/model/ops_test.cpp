#include "retort/model/ops.hpp"

#include <ATen/ops/tensor.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <set>

#include "retort/base/error.hpp"
#include "retort/model/network.hpp"
#include "tests/golden/ops.hpp"

namespace retort {
namespace {

using golden::OpCase;

const Safetensors& golden_file() {
  static const Safetensors file = golden::file("ops.safetensors");
  return file;
}

std::vector<OpCase> cases() {
  return golden::op_cases(golden_file());
}

Tensor answer(const OpCase& one, const Tensor& inputs, const PassMode& mode) {
  return Network(one.model).forward(inputs, {"y"}, mode).at("y");
}

TEST(Ops, EveryRowHasACaseHelpAndUniqueName) {
  std::set<std::string> tried, names;
  for (const OpCase& one : cases()) tried.insert(one.op());
  for (const Op& op : ops()) {
    EXPECT_FALSE(op.help.empty()) << op.name;
    EXPECT_TRUE(names.emplace(op.name).second) << op.name;
    EXPECT_TRUE(tried.contains(std::string(op.name)))
        << op.name << " has no case in tools/golden/ops.py";
    EXPECT_EQ(op.from_onnx == nullptr, op.onnx_types.empty()) << op.name;
  }
}

TEST(Ops, EveryOnnxTypeIsReadByOneRow) {
  std::set<std::string_view> types;
  for (const Op& op : ops()) {
    for (const std::string_view type : op.onnx_types) {
      EXPECT_TRUE(types.insert(type).second) << type;
    }
  }
}

TEST(Ops, ShapeInferenceIsTheShapeThatComesOut) {
  for (const OpCase& one : cases()) {
    SCOPED_TRACE(one.name);
    const Shape inferred = one.model.graph.shape("y");
    EXPECT_EQ(golden::flat(golden_file().tensors.at(one.name + "/shape"))
                  .equal(golden::flat(at::tensor(inferred, at::kLong))),
              true);
    for (const int64_t batch : {1, 2}) {
      for (const bool bf16 : {false, true}) {
        const Tensor output =
            answer(one, one.inputs.narrow(0, 0, batch), {.training = false, .bf16 = bf16});
        Shape expected = inferred;
        expected.insert(expected.begin(), batch);
        EXPECT_EQ(output.sizes().vec(), expected);
        EXPECT_EQ(output.scalar_type(), at::kFloat);
      }
    }
  }
}

TEST(Ops, ValuesAndGradientsAreThoseOfPyTorch) {
  constexpr double tolerance = 2e-5;
  for (const OpCase& one : cases()) {
    SCOPED_TRACE(one.name);
    Network network(one.model);
    network.set_trainable(true);
    Tensor inputs = one.inputs.clone();
    inputs.requires_grad_(true);
    const Tensor output = network.forward(inputs, {"y"}, {.training = one.training}).at("y");
    golden::expect_digest(golden_file(), one.name + "/output", output, tolerance);
    output.backward(golden::pattern(3, output.sizes().vec(), -1, 1).to(at::kFloat));
    golden::expect_digest(golden_file(), one.name + "/gradient/input", inputs.grad(), tolerance);
    for (const ParameterSpec& spec : parameters(one.model.graph)) {
      const Tensor& weight = network.weights().at(spec.name);
      const std::string name = spec.name.substr(spec.name.rfind('.') + 1);
      EXPECT_EQ(weight.requires_grad(), spec.trained);
      golden::expect_digest(golden_file(),
                            one.name + (spec.trained ? "/gradient/" : "/buffer/") + name,
                            spec.trained ? weight.grad() : weight, tolerance);
    }
  }
}

TEST(Ops, ProductsInBf16AreNearThoseInFp32) {
  for (const OpCase& one : cases()) {
    const Tensor exact = answer(one, one.inputs, {});
    const Tensor rounded = answer(one, one.inputs, {.bf16 = true});
    const double largest = golden::flat(exact).abs().max().item<double>();
    const double difference = golden::largest_difference(exact, rounded);
    EXPECT_LT(difference, 0.03 * largest) << one.name;
    const bool multiplies =
        op_named(one.op()).macs(one.node(), one.model.graph.input_shapes(one.node())) > 0;
    const bool in_groups = one.op() == "conv" && integer(one.node(), "groups") > 1;
    EXPECT_EQ(difference > 0, multiplies && !in_groups) << one.name;
  }
}

TEST(Ops, MacsAreThoseThatPyTorchCounts) {
  for (const OpCase& one : cases()) {
    EXPECT_EQ(cost(one.model.graph).macs,
              golden_file().tensors.at(one.name + "/macs").item<int64_t>())
        << one.name;
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

// Whatever a model file of a stranger says of a node, it is refused in words or it fits.
TEST(Ops, MissingAndMistypedAttributesAreErrorsThatNameTheNode) {
  const std::vector<Attribute> wrong = {int64_t{-7},
                                        int64_t{1} << 62,
                                        std::nan(""),
                                        std::string("what"),
                                        std::vector<int64_t>{},
                                        std::vector<int64_t>{1, -1, int64_t{1} << 62, 0, 5, 9},
                                        std::vector<double>{0.5}};
  for (const OpCase& one : cases()) {
    const Op& op = op_named(one.op());
    const Shapes inputs = one.model.graph.input_shapes(one.node());
    for (const auto& [name, right] : one.node().attributes) {
      const auto refusal = [&](const Node& node) -> std::string {
        try {
          op.shape(node, inputs);
          op.parameters(node, inputs);
          return "accepted";
        } catch (const Error& error) {
          EXPECT_EQ(error.code(), ExitCode::model);
          return error.what();
        }
      };
      Node node = one.node();
      node.attributes.erase(name);
      EXPECT_THAT(refusal(node), testing::HasSubstr("node 'y'")) << one.name << " without " << name;
      for (const Attribute& value : wrong) {
        if (value.index() == right.index()) continue;
        node.attributes[name] = value;
        const bool both_numbers = value.index() < 2 && right.index() < 2;
        if (!both_numbers) {
          EXPECT_THAT(refusal(node), testing::HasSubstr("node 'y'")) << one.name << ", " << name;
        }
      }
      for (const Attribute& value : wrong) {
        node.attributes[name] = value;
        refusal(node);  // anything but an Error fails the test
      }
    }
  }
}

TEST(Ops, InputsThatDoNotFitAreErrorsThatNameTheNode) {
  for (const OpCase& one : cases()) {
    const Op& op = op_named(one.op());
    for (const Shapes& inputs : {Shapes{}, Shapes{{}, {}, {2}}}) {
      try {
        op.shape(one.node(), inputs);
        ADD_FAILURE() << one.name << ": no error";
      } catch (const Error& error) {
        EXPECT_THAT(error.what(), testing::HasSubstr("node 'y'"));
      }
    }
  }
}

}  // namespace
}  // namespace retort
