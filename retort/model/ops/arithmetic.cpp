#include <ATen/ops/add.h>
#include <ATen/ops/mul.h>

#include <algorithm>
#include <cmath>

#include "retort/model/ops/inputs.hpp"

// Sums and products: of two nodes, of a node and a weight, of a node and a number.
namespace retort {
namespace {

// The shape that both spread to; sizes of 1 spread.
Shape spread(const Node& node, const Shape& a, const Shape& b) {
  bool fits = a.size() == b.size();
  Shape result = a;
  for (size_t i = 0; fits && i < a.size(); ++i) {
    fits = a[i] == b[i] || a[i] == 1 || b[i] == 1;
    result[i] = std::max(a[i], b[i]);
  }
  if (!fits) {
    misfit(node, "[N, {}] and [N, {}] do not fit together", fmt::join(a, ", "), fmt::join(b, ", "));
  }
  return result;
}

Shape shape_of_two(const Node& node, const Shapes& inputs) {
  if (inputs.size() != 2) misfit(node, "wanted 2 inputs, got {}", inputs.size());
  return spread(node, inputs[0], inputs[1]);
}

Tensor sum(const Node&, std::span<const Tensor> inputs, std::span<const Tensor>, const PassMode&,
           uint64_t) {
  return at::add(inputs[0], inputs[1]);
}

Tensor product(const Node&, std::span<const Tensor> inputs, std::span<const Tensor>,
               const PassMode&, uint64_t) {
  return at::mul(inputs[0], inputs[1]);
}

// A weight of its own shape beside the input; [1, C] stands beside [L, C].
Shape weight_shape(const Node& node, const Shape& input) {
  return sizes_of(node, "shape", input.size(), 1);
}

Shape shape_with_weight(const Node& node, const Shapes& inputs) {
  const Shape& input = only_input(node, inputs);
  return spread(node, input, weight_shape(node, input));
}

std::vector<ParameterSpec> offset_parameters(const Node& node, const Shapes& inputs) {
  return {{.name = "weight",
           .shape = weight_shape(node, only_input(node, inputs)),
           .initial = Initial::normal,
           .deviation = 0.02}};
}

std::vector<ParameterSpec> gain_parameters(const Node& node, const Shapes& inputs) {
  return {{.name = "weight",
           .shape = weight_shape(node, only_input(node, inputs)),
           .initial = Initial::one}};
}

Tensor offset(const Node&, std::span<const Tensor> inputs, std::span<const Tensor> weights,
              const PassMode&, uint64_t) {
  return at::add(inputs[0], weights[0]);
}

Tensor gain(const Node&, std::span<const Tensor> inputs, std::span<const Tensor> weights,
            const PassMode&, uint64_t) {
  return at::mul(inputs[0], weights[0]);
}

Shape scale_shape(const Node& node, const Shapes& inputs) {
  if (!std::isfinite(number(node, "factor")) || !std::isfinite(number(node, "offset"))) {
    misfit(node, "wanted a finite factor and offset");
  }
  return only_input(node, inputs);
}

Tensor scale(const Node& node, std::span<const Tensor> inputs, std::span<const Tensor>,
             const PassMode&, uint64_t) {
  return at::add(at::mul(inputs[0], number(node, "factor")), number(node, "offset"));
}

void add_to_onnx(const Node&, const Shapes&, OnnxFragment& onnx) {
  onnx.result("Add", onnx.inputs());
}

void multiply_to_onnx(const Node&, const Shapes&, OnnxFragment& onnx) {
  onnx.result("Mul", onnx.inputs());
}

void offset_to_onnx(const Node&, const Shapes&, OnnxFragment& onnx) {
  onnx.result("Add", {onnx.input(0), onnx.weight("weight")});
}

void gain_to_onnx(const Node&, const Shapes&, OnnxFragment& onnx) {
  onnx.result("Mul", {onnx.input(0), onnx.weight("weight")});
}

void scale_to_onnx(const Node& node, const Shapes&, OnnxFragment& onnx) {
  const std::string factor = onnx.constant(number(node, "factor"));
  const std::string offset = onnx.constant(number(node, "offset"));
  onnx.result("Add", {onnx.value("Mul", {onnx.input(0), factor}), offset});
}

// A constant beside a node: [C, 1, 1] or [1, C, 1, 1] beside [N, C, H, W]. One of the batch's
// dimension cannot be taken apart.
Tensor beside(const OnnxNode& node, const Tensor& constant, size_t rank) {
  const auto dimensions = static_cast<size_t>(constant.dim());
  if (dimensions > rank || (dimensions == rank && constant.size(0) != 1)) {
    refuse(node, fmt::format("a constant of [{}] has a batch of its own",
                             fmt::join(constant.sizes(), ", ")));
  }
  Shape shape(rank - 1, 1);
  for (size_t i = 1; i <= std::min(dimensions, rank - 1); ++i) {
    shape[rank - 1 - i] = constant.size(-static_cast<int64_t>(i));
  }
  return constant.to(at::kFloat).reshape(shape);
}

ImportedNodes with_constant(const OnnxNode& node, const OnnxSource& source, size_t data,
                            const Tensor& constant, bool is_sum) {
  const std::string& input = node.inputs.at(data);
  if (constant.numel() == 1) {
    const double value = constant.item<double>();
    const Attributes attributes = {{"factor", is_sum ? 1.0 : value},
                                   {"offset", is_sum ? value : 0.0}};
    return {{{node.outputs[0], "scale", {input}, attributes}, {}}};
  }
  const Tensor weight = beside(node, constant, source.graph.shape(input).size() + 1);
  return {
      {{node.outputs[0], is_sum ? "offset" : "gain", {input}, {{"shape", weight.sizes().vec()}}},
       {weight}}};
}

// Add, Sub, Mul, Div of two nodes or of a node and a constant: a single number is a setting, more
// are a weight.
ImportedNodes from_onnx(const OnnxNode& node, const OnnxSource& source) {
  if (!onnx_has(node, 0) || !onnx_has(node, 1)) refuse(node, "wanted 2 inputs");
  const std::string& type = node.op_type;
  const bool is_sum = type == "Add" || type == "Sub";
  const Tensor* left = onnx_constant(node, 0, source);
  const Tensor* right = onnx_constant(node, 1, source);
  if (left != nullptr && right != nullptr) refuse(node, "both inputs are constants");
  if (right != nullptr) {
    const Tensor value = type == "Sub"   ? right->neg()
                         : type == "Div" ? right->to(at::kFloat).reciprocal()
                                         : *right;
    return with_constant(node, source, 0, value, is_sum);
  }
  if (type == "Sub" || type == "Div") refuse(node, "wanted a constant as the second input");
  if (left != nullptr) return with_constant(node, source, 1, *left, is_sum);
  return {{{node.outputs.at(0), is_sum ? "add" : "multiply", {node.inputs[0], node.inputs[1]}, {}},
           {}}};
}

}  // namespace

Op add_op() {
  return {.name = "add",
          .help = "the sum of two nodes; sizes of 1 spread",
          .shape = shape_of_two,
          .forward = sum,
          .takes_bf16 = true,
          .gives_output_away = true,
          .to_onnx = add_to_onnx,
          .onnx_types = {"Add", "Sub"},
          .from_onnx = from_onnx};
}

Op multiply_op() {
  return {.name = "multiply",
          .help = "the product of two nodes, element by element; sizes of 1 spread",
          .shape = shape_of_two,
          .forward = product,
          .to_onnx = multiply_to_onnx,
          .onnx_types = {"Mul", "Div"},
          .from_onnx = from_onnx};
}

Op offset_op() {
  return {.name = "offset",
          .help = "plus a learned weight: an embedding of positions",
          .shape = shape_with_weight,
          .parameters = offset_parameters,
          .forward = offset,
          .to_onnx = offset_to_onnx};
}

Op gain_op() {
  return {.name = "gain",
          .help = "times a learned weight, element by element",
          .shape = shape_with_weight,
          .parameters = gain_parameters,
          .forward = gain,
          .to_onnx = gain_to_onnx};
}

Op scale_op() {
  return {.name = "scale",
          .help = "times a number plus a number",
          .shape = scale_shape,
          .forward = scale,
          .to_onnx = scale_to_onnx};
}

}  // namespace retort
