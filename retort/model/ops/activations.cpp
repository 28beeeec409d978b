#include <ATen/ops/clamp.h>
#include <ATen/ops/erf.h>
#include <ATen/ops/gelu.h>
#include <ATen/ops/hardsigmoid.h>
#include <ATen/ops/hardswish.h>
#include <ATen/ops/leaky_relu.h>
#include <ATen/ops/relu.h>
#include <ATen/ops/sigmoid.h>
#include <ATen/ops/silu.h>
#include <ATen/ops/tanh.h>

#include <cmath>

#include "retort/model/ops/inputs.hpp"

// Maps of single elements.
namespace retort {
namespace {

template <Tensor (*function)(const Tensor&)>
Tensor apply(const Node&, std::span<const Tensor> inputs, std::span<const Tensor>, const PassMode&,
             uint64_t) {
  return function(inputs[0]);
}

void write_one(const Node& node, const Shapes&, OnnxFragment& onnx) {
  onnx.result(op_named(node.op).onnx_types.front(), {onnx.input(0)});
}

// The op of ours that reads this type, without settings.
ImportedNodes read_one(const OnnxNode& node, const OnnxSource&) {
  for (const Op& op : ops()) {
    if (!op.onnx_types.empty() && op.onnx_types.front() == node.op_type) {
      return imported(node, op.name);
    }
  }
  refuse(node, "no counterpart");
}

// An op that ONNX has under a name of its own, without settings on either side.
template <Tensor (*function)(const Tensor&)>
Op plain(std::string_view name, std::string_view help, std::string_view onnx_type) {
  return {.name = name,
          .help = help,
          .shape = same_shape,
          .forward = apply<function>,
          .to_onnx = write_one,
          .onnx_types = {onnx_type},
          .from_onnx = read_one};
}

Tensor relu6(const Tensor& input) {
  return at::clamp(input, 0, 6);
}

void relu6_to_onnx(const Node&, const Shapes&, OnnxFragment& onnx) {
  onnx.result("Clip", {onnx.input(0), onnx.constant(0.0), onnx.constant(6.0)});
}

Tensor leaky_relu(const Node& node, std::span<const Tensor> inputs, std::span<const Tensor>,
                  const PassMode&, uint64_t) {
  return at::leaky_relu(inputs[0], number(node, "slope"));
}

Shape leaky_relu_shape(const Node& node, const Shapes& inputs) {
  if (!std::isfinite(number(node, "slope"))) misfit(node, "wanted a finite slope");
  return only_input(node, inputs);
}

void leaky_relu_to_onnx(const Node& node, const Shapes&, OnnxFragment& onnx) {
  onnx.result("LeakyRelu", {onnx.input(0)}, {{"alpha", number(node, "slope")}});
}

ImportedNodes leaky_relu_from_onnx(const OnnxNode& node, const OnnxSource&) {
  return imported(node, "leaky_relu", {{"slope", onnx_number(node, "alpha", 0.01)}});
}

void hard_sigmoid_to_onnx(const Node&, const Shapes&, OnnxFragment& onnx) {
  onnx.result("HardSigmoid", {onnx.input(0)}, {{"alpha", 1.0 / 6}, {"beta", 0.5}});
}

// With other factors it is a scale between bounds.
ImportedNodes hard_sigmoid_from_onnx(const OnnxNode& node, const OnnxSource&) {
  const double alpha = onnx_number(node, "alpha", 0.2);
  const double beta = onnx_number(node, "beta", 0.5);
  if (std::abs(alpha - 1.0 / 6) < 1e-6 && beta == 0.5) return imported(node, "hard_sigmoid");
  const std::string inner = node.outputs.at(0) + ".scale";
  ImportedNodes nodes = imported(node, "scale", {{"factor", alpha}, {"offset", beta}});
  nodes[0].node.name = inner;
  nodes.push_back({{node.outputs[0], "clip", {inner}, {{"least", 0.0}, {"most", 1.0}}}, {}});
  return nodes;
}

// ONNX has no word for it before opset 24.
void silu_to_onnx(const Node&, const Shapes&, OnnxFragment& onnx) {
  onnx.result("Mul", {onnx.input(0), onnx.value("Sigmoid", {onnx.input(0)})});
}

bool is_tanh_form(const Node& node) {
  return text(node, "approximate") == "tanh";
}

Shape gelu_shape(const Node& node, const Shapes& inputs) {
  if (!is_tanh_form(node) && text(node, "approximate") != "none") {
    misfit(node, "wanted 'approximate' to be none or tanh");
  }
  return only_input(node, inputs);
}

Tensor gelu(const Node& node, std::span<const Tensor> inputs, std::span<const Tensor>,
            const PassMode&, uint64_t) {
  return at::gelu(inputs[0], text(node, "approximate"));
}

// x / 2 * (1 + erf(x / sqrt 2)), or x / 2 * (1 + tanh(sqrt(2 / pi) * (x + 0.044715 x^3))); the type
// Gelu comes with opset 20.
void gelu_to_onnx(const Node& node, const Shapes&, OnnxFragment& onnx) {
  const std::string& x = onnx.input(0);
  const auto times = [&](const std::string& value, double factor) {
    return onnx.value("Mul", {value, onnx.constant(factor)});
  };
  std::string inner;
  if (is_tanh_form(node)) {
    const std::string cube = onnx.value("Mul", {onnx.value("Mul", {x, x}), x});
    const std::string sum = onnx.value("Add", {x, times(cube, 0.044715)});
    inner = onnx.value("Tanh", {times(sum, std::sqrt(2 / M_PI))});
  } else {
    inner = onnx.value("Erf", {times(x, M_SQRT1_2)});
  }
  const std::string gate = onnx.value("Add", {inner, onnx.constant(1.0)});
  onnx.result("Mul", {times(x, 0.5), gate});
}

ImportedNodes gelu_from_onnx(const OnnxNode& node, const OnnxSource&) {
  return imported(node, "gelu", {{"approximate", onnx_text(node, "approximate", "none")}});
}

}  // namespace

Op relu_op() {
  Op op = plain<at::relu>("relu", "max(x, 0) of every element", "Relu");
  op.takes_bf16 = true;
  op.in_place = at::relu_;
  return op;
}
Op sigmoid_op() {
  return plain<at::sigmoid>("sigmoid", "1 / (1 + exp(-x)) of every element", "Sigmoid");
}
Op tanh_op() {
  return plain<at::tanh>("tanh", "hyperbolic tangent of every element", "Tanh");
}
Op erf_op() {
  return plain<at::erf>("erf", "error function of every element", "Erf");
}
Op hard_swish_op() {
  return plain<at::hardswish>("hard_swish", "x * hard_sigmoid(x) of every element", "HardSwish");
}

Op relu6_op() {
  return {.name = "relu6",
          .help = "min(max(x, 0), 6) of every element",
          .shape = same_shape,
          .forward = apply<relu6>,
          .to_onnx = relu6_to_onnx};
}

Op leaky_relu_op() {
  return {.name = "leaky_relu",
          .help = "x, or x * slope below 0, of every element",
          .shape = leaky_relu_shape,
          .forward = leaky_relu,
          .to_onnx = leaky_relu_to_onnx,
          .onnx_types = {"LeakyRelu"},
          .from_onnx = leaky_relu_from_onnx};
}

Op hard_sigmoid_op() {
  return {.name = "hard_sigmoid",
          .help = "min(max(x / 6 + 1/2, 0), 1) of every element",
          .shape = same_shape,
          .forward = apply<at::hardsigmoid>,
          .to_onnx = hard_sigmoid_to_onnx,
          .onnx_types = {"HardSigmoid"},
          .from_onnx = hard_sigmoid_from_onnx};
}

Op silu_op() {
  return {.name = "silu",
          .help = "x * sigmoid(x) of every element",
          .shape = same_shape,
          .forward = apply<at::silu>,
          .to_onnx = silu_to_onnx};
}

Op gelu_op() {
  return {.name = "gelu",
          .help = "x * P(normal number < x) of every element",
          .shape = gelu_shape,
          .forward = gelu,
          .to_onnx = gelu_to_onnx,
          .onnx_types = {"Gelu"},
          .from_onnx = gelu_from_onnx};
}

}  // namespace retort
