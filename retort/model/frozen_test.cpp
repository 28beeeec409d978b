#include <ATen/cpu/Utils.h>
#include <ATen/ops/cat.h>
#include <gtest/gtest.h>

#include "retort/model/network.hpp"
#include "retort/model/zoo.hpp"
#include "tests/golden/golden.hpp"

// A frozen network and a training one beside the plain steps of the same graph.
namespace retort {
namespace {

// A network of the zoo whose norms do something: their running values and weights are not fresh.
Model lived_in(const std::string& kind, const Shape& input) {
  const Graph graph =
      std::visit([&](const auto& one) { return one.build(input, 7); }, network_named(kind));
  Model model{graph, initial_weights(graph, 1)};
  uint64_t seed = 10;
  for (const auto& [name, tensor] : model.weights) {
    const bool variance = name.ends_with("running_var");
    if (tensor.dim() != 1) continue;
    const bool scale = name.ends_with(".weight");
    const Tensor values = golden::pattern(++seed, tensor.sizes().vec(), -0.2, 0.2);
    tensor.copy_(variance || scale ? values + 1 : values);
  }
  return model;
}

Tensor images(int64_t count, const Shape& shape) {
  Shape all = {count};
  all.insert(all.end(), shape.begin(), shape.end());
  return golden::pattern(3, all, 0, 1).to(at::kFloat);
}

double relative_difference(const Tensor& value, const Tensor& expected) {
  return golden::largest_difference(value, expected) / expected.abs().max().item<double>();
}

// Every node by its op alone, in doubles, channels apart: no folding, no chains, no layout.
NamedTensors step_by_step(const Model& model, const Tensor& inputs, const PassMode& mode,
                          const NamedTensors& weights) {
  NamedTensors values;
  values.set("input", inputs);
  uint64_t index = 0;
  for (const Node& node : model.graph.nodes()) {
    std::vector<Tensor> arguments, parts;
    for (const std::string& input : node.inputs) arguments.push_back(values.at(input));
    const Op& op = op_named(node.op);
    for (const ParameterSpec& spec : op.parameters(node, model.graph.input_shapes(node))) {
      parts.push_back(weights.at(node.name + "." + spec.name));
    }
    values.set(node.name, op.forward(node, arguments, parts, mode, index++));
  }
  return values;
}

NamedTensors in_doubles(const NamedTensors& weights) {
  NamedTensors result;
  for (const auto& [name, tensor] : weights) result.set(name, tensor.to(at::kDouble).clone());
  return result;
}

constexpr const char* kinds[] = {"resnet8",      "wrn_16_1",     "vgg8",         "mobilenetv2_half",
                                 "shufflenetv1", "shufflenetv2", "squeezenet1_1"};

TEST(Frozen, HasTheValuesOfTheWholeNetwork) {
  for (const std::string kind : kinds) {
    const Shape shape = {3, 36, 28};
    const Model model = lived_in(kind, shape);
    const Tensor inputs = images(3, shape);
    const NamedTensors expected =
        step_by_step(model, inputs.to(at::kDouble), {}, in_doubles(model.weights));
    const Network frozen = Network::frozen(model, /*bf16=*/false);
    const NamedTensors values = frozen.forward(inputs, frozen.graph().names());
    for (const auto& [name, value] : values) {
      EXPECT_LT(relative_difference(value, expected.at(name)), 1e-5) << kind << " " << name;
    }
    const Tensor logits = frozen.forward(inputs, {"logits"}).at("logits");
    const Tensor last = expected.at(model.graph.output());
    EXPECT_LT(relative_difference(logits, last), 1e-5) << kind << ", chains as long as can be";
    EXPECT_TRUE(frozen.forward(inputs, {"logits"}).at("logits").equal(logits)) << kind;
  }
}

TEST(Frozen, LeavesAloneWhatIsWantedBesideTheAnswer) {
  const Shape shape = {3, 32, 32};
  const Model model = lived_in("resnet8", shape);
  const Network frozen = Network::frozen(model, false);
  const Tensor inputs = images(2, shape);
  const NamedTensors alone = frozen.forward(inputs, {"relu"});
  const NamedTensors both = frozen.forward(inputs, {"relu", "logits", "layer2.0.add"});
  EXPECT_TRUE(both.at("relu").equal(alone.at("relu"))) << "a shortcut that a sum would overwrite";
  EXPECT_LT(both.at("layer2.0.add").min().item<double>(), 0) << "before its relu";
}

TEST(Frozen, InBf16IsNear) {
  if (!at::cpu::is_avx512_vnni_supported()) GTEST_SKIP() << "no products in bf16";
  for (const std::string kind : kinds) {
    const Shape shape = {3, 32, 32};
    const Model model = lived_in(kind, shape);
    const Tensor inputs = images(4, shape);
    const Tensor expected = Network(model).forward(inputs, {"logits"}).at("logits");
    const Tensor logits = Network::frozen(model, true).forward(inputs, {"logits"}).at("logits");
    EXPECT_EQ(logits.scalar_type(), at::kFloat);
    EXPECT_LT(relative_difference(logits, expected), 0.03) << kind;
    EXPECT_GT(relative_difference(logits, expected), 1e-6) << kind << ": was it in bf16?";
  }
}

// The gradients of all weights after a step on a quadratic of the logits.
NamedTensors gradients(const Model& model, const Tensor& inputs, bool bf16) {
  Network network(model);
  network.set_trainable(true);
  const PassMode mode{.training = true, .bf16 = bf16};
  network.forward(inputs, {"logits"}, mode).at("logits").square().sum().backward();
  NamedTensors result;
  for (const auto& [name, weight] : network.weights()) {
    if (weight.grad().defined()) result.set(name, weight.grad());
  }
  return result;
}

// The same, step by step in this type.
NamedTensors plain_gradients(const Model& model, const Tensor& inputs, at::ScalarType type) {
  NamedTensors weights, result;
  for (const ParameterSpec& spec : parameters(model.graph)) {
    const Tensor weight = model.weights.at(spec.name).to(type).clone();
    weights.set(spec.name, weight.requires_grad_(spec.trained));
  }
  step_by_step(model, inputs.to(type), {.training = true}, weights)
      .at(model.graph.output())
      .square()
      .sum()
      .backward();
  for (const auto& [name, weight] : weights) {
    if (weight.requires_grad()) result.set(name, weight.grad());
  }
  return result;
}

TEST(TrainingNetwork, HasTheGradientsOfItsSteps) {
  for (const std::string kind : {"resnet8", "wrn_16_1", "mobilenetv2_half", "shufflenetv2"}) {
    const Shape shape = {3, 32, 32};
    const Model model = lived_in(kind, shape);
    const Tensor inputs = images(8, shape);
    const NamedTensors exact = plain_gradients(model, inputs, at::kDouble);
    const NamedTensors plain = plain_gradients(model, inputs, at::kFloat);
    const auto distance = [&](const NamedTensors& gradients, const std::string& name) {
      return (gradients.at(name) - exact.at(name)).norm().item<double>();
    };
    const NamedTensors ours = gradients(model, inputs, false);
    ASSERT_EQ(ours.size(), exact.size()) << kind;
    for (const std::string& name : exact.names()) {
      // Rounding grows on the way through a deep network: what LibTorch's own steps lose is
      // allowed.
      const double allowed = 1e-4 * exact.at(name).norm().item<double>() + 1e-6;
      EXPECT_LT(distance(ours, name), allowed + 3 * distance(plain, name)) << kind << " " << name;
    }
  }
}

TEST(TrainingNetwork, InBf16GoesTheSameWay) {
  const Shape shape = {3, 32, 32};
  const Model model = lived_in("resnet8", shape);
  const Tensor inputs = images(16, shape);
  const NamedTensors exact = gradients(model, inputs, false);
  for (const auto& [name, gradient] : gradients(model, inputs, true)) {
    EXPECT_EQ(gradient.scalar_type(), at::kFloat) << name;
    const Tensor& other = exact.at(name);
    const double cosine =
        ((gradient * other).sum() / (gradient.norm() * other.norm())).item<double>();
    EXPECT_GT(cosine, 0.97) << name;
  }
}

}  // namespace
}  // namespace retort
