#include <ATen/ops/add.h>
#include <ATen/ops/constant_pad_nd.h>
#include <ATen/ops/linear.h>
#include <ATen/ops/mul.h>

#include "retort/model/ops/inputs.hpp"

namespace retort {
namespace {

// An image is not meant: its last dimension is the width.
int64_t in_features(const Node& node, const Shapes& inputs) {
  const Shape& input = only_input(node, inputs);
  if (input.size() == 1 || input.size() == 2) return input.back();
  misfit(node, "wanted an input [N, features] or [N, length, features], got [N, {}]; flatten it",
         fmt::join(input, ", "));
}

Shape shape(const Node& node, const Shapes& inputs) {
  in_features(node, inputs);
  Shape result = inputs[0];
  result.back() = integer(node, "out_features");
  return result;
}

std::vector<ParameterSpec> parameters(const Node& node, const Shapes& inputs) {
  const int64_t in = in_features(node, inputs);
  const int64_t out = integer(node, "out_features");
  std::vector<ParameterSpec> specs = {with_start(node, {.name = "weight",
                                                        .shape = {out, in},
                                                        .initial = Initial::fan_in,
                                                        .fan = in,
                                                        .decays = true})};
  if (integer(node, "bias") != 0) specs.push_back({.name = "bias", .shape = {out}});
  return specs;
}

int64_t macs(const Node& node, const Shapes& inputs) {
  in_features(node, inputs);
  return bounded_product({element_count(inputs[0]), integer(node, "out_features")});
}

// The products in bf16, forward and backward (a cast's gradient is cast back); the bias in fp32.
Tensor in_bf16(const Tensor& input, std::span<const Tensor> weights) {
  const Tensor product =
      at::linear(input.to(at::kBFloat16), weights[0].to(at::kBFloat16)).to(input.scalar_type());
  return weights.size() > 1 ? at::add(product, weights[1]) : product;
}

// With few outputs MKL's products of small matrices round a row otherwise at another place among
// the rows: filled up with outputs of nothing they do not, and a recorded answer has the bits of a
// live one (a test of micro_batches.hpp would tell).
constexpr int64_t whole_outputs = 16, few_outputs = 64, few_rows = 16;

bool depends_on_place(const Tensor& input, const Tensor& weight) {
  const int64_t outputs = weight.size(0);
  return outputs < few_outputs && outputs % whole_outputs != 0 && input.size(0) >= few_rows;
}

Tensor with_whole_outputs(const Tensor& input, std::span<const Tensor> weights) {
  const int64_t outputs = weights[0].size(0);
  const int64_t more = whole_outputs - outputs % whole_outputs;
  const Tensor weight = at::constant_pad_nd(weights[0], {0, 0, 0, more});
  const Tensor all = weights.size() > 1
                         ? at::linear(input, weight, at::constant_pad_nd(weights[1], {0, more}))
                         : at::linear(input, weight);
  return all.narrow(-1, 0, outputs).contiguous();
}

Tensor forward(const Node&, std::span<const Tensor> inputs, std::span<const Tensor> weights,
               const PassMode& mode, uint64_t) {
  if (mode.bf16) return in_bf16(inputs[0], weights);
  if (!mode.training && depends_on_place(inputs[0], weights[0])) {
    return with_whole_outputs(inputs[0], weights);
  }
  if (weights.size() > 1) return at::linear(inputs[0], weights[0], weights[1]);
  return at::linear(inputs[0], weights[0]);
}

// Gemm knows matrices only; sequences [N, length, features] take MatMul and Add.
void to_onnx(const Node& node, const Shapes& inputs, OnnxFragment& onnx) {
  const bool bias = integer(node, "bias") != 0;
  if (inputs[0].size() == 1) {
    std::vector<std::string> words = {onnx.input(0), onnx.weight("weight")};
    if (bias) words.push_back(onnx.weight("bias"));
    onnx.result("Gemm", words, {{"transB", int64_t{1}}});
    return;
  }
  const auto transposed = [](const Tensor& weight) { return weight.t(); };
  const std::vector<std::string> words = {onnx.input(0), onnx.weight("weight", transposed)};
  if (!bias) return onnx.result("MatMul", words);
  onnx.result("Add", {onnx.value("MatMul", words), onnx.weight("bias")});
}

// [out] or [1, out]; [out, 1] would be one bias a sample.
Tensor bias_from_onnx(const OnnxNode& node, const Tensor& bias, int64_t out) {
  const bool fits = bias.numel() == 1 || (bias.numel() == out && bias.size(-1) == out);
  if (!fits) {
    refuse(node,
           fmt::format("wanted a bias of {} numbers, got {}", out, fmt::join(bias.sizes(), "x")));
  }
  return at::mul(bias, onnx_number(node, "beta", 1.0)).reshape({-1}).expand({out}).contiguous();
}

// What has more dimensions than a sequence becomes one for the product, and is then as before.
ImportedNodes as_rows(ImportedNodes nodes, const OnnxNode& node, const OnnxSource& source) {
  Shape shape = source.graph.shape(node.inputs[0]);
  if (shape.size() < 3) return nodes;
  const std::string rows = node.outputs[0] + ".rows", product = node.outputs[0] + ".product";
  const Shape flat = {element_count(shape) / shape.back(), shape.back()};
  nodes[0].node.name = product;
  nodes[0].node.inputs = {rows};
  shape.back() = integer(nodes[0].node, "out_features");
  return {{{rows, "reshape", {node.inputs[0]}, {{"shape", flat}}}, {}},
          nodes[0],
          {{node.outputs[0], "reshape", {product}, {{"shape", shape}}}, {}}};
}

// Gemm is alpha * A * B + beta * C; A is the data, B and C must be constants.
ImportedNodes from_onnx(const OnnxNode& node, const OnnxSource& source) {
  if (node.inputs.size() < 2 || onnx_integer(node, "transA", 0) != 0) {
    refuse(node, "wanted data times a constant, with transA = 0");
  }
  const OnnxLayout& layout = onnx_layout(node, 0, source);
  axis_from_onnx(node, -1, layout);
  Tensor weight = onnx_wanted_constant(node, 1, source);
  if (weight.dim() != 2) {
    refuse(node, fmt::format("wanted a matrix, got {} dimensions", weight.dim()));
  }
  if (onnx_integer(node, "transB", 0) == 0) weight = weight.t();
  weight = at::mul(weight, onnx_number(node, "alpha", 1.0)).contiguous();
  const int64_t out = weight.size(0);
  std::vector<Tensor> weights = {weight};
  if (onnx_has(node, 2)) {
    weights.push_back(bias_from_onnx(node, onnx_wanted_constant(node, 2, source), out));
  }
  const Attributes attributes = {{"bias", int64_t{weights.size() > 1}}, {"out_features", out}};
  return as_rows(imported(node, "linear", attributes, weights), node, source);
}

}  // namespace

Op linear_op() {
  return {.name = "linear",
          .help = "x W^T + b along the last dimension: [N, in_features] to [N, out_features]",
          .shape = shape,
          .parameters = parameters,
          .macs = macs,
          .forward = forward,
          .gives_output_away = true,
          .to_onnx = to_onnx,
          .onnx_types = {"Gemm"},
          .from_onnx = from_onnx};
}

}  // namespace retort
