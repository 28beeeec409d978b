#include <ATen/ops/add.h>
#include <ATen/ops/linear.h>
#include <ATen/ops/mul.h>

#include "retort/model/ops/one_input.hpp"

namespace retort {
namespace {

int64_t in_features(const Node& node, const std::vector<Shape>& inputs) {
  const Shape& input = only_input(node, inputs);
  if (input.size() == 1) return input[0];
  throw Error(ExitCode::model,
              fmt::format("{}: wanted an input [N, features], got [N, {}]; flatten it",
                          node_text(node), fmt::join(input, ", ")));
}

Shape shape(const Node& node, const std::vector<Shape>& inputs) {
  in_features(node, inputs);
  return {integer(node, "out_features")};
}

std::vector<ParameterSpec> parameters(const Node& node, const std::vector<Shape>& inputs) {
  const int64_t in = in_features(node, inputs);
  const int64_t out = integer(node, "out_features");
  std::vector<ParameterSpec> specs = {{"weight", {out, in}, in, true}};
  if (integer(node, "bias") != 0) specs.push_back({"bias", {out}, 0, false});
  return specs;
}

int64_t macs(const Node& node, const std::vector<Shape>& inputs) {
  return in_features(node, inputs) * integer(node, "out_features");
}

// The products in bf16, forward and backward (a cast's gradient is cast back); the bias in fp32.
Tensor in_bf16(const Tensor& input, std::span<const Tensor> weights) {
  const Tensor product =
      at::linear(input.to(at::kBFloat16), weights[0].to(at::kBFloat16)).to(input.scalar_type());
  return weights.size() > 1 ? at::add(product, weights[1]) : product;
}

Tensor forward(const Node&, std::span<const Tensor> inputs, std::span<const Tensor> weights,
               const PassMode& mode, uint64_t) {
  if (mode.bf16) return in_bf16(inputs[0], weights);
  if (weights.size() > 1) return at::linear(inputs[0], weights[0], weights[1]);
  return at::linear(inputs[0], weights[0]);
}

std::optional<OnnxNode> to_onnx(const Node& node) {
  std::vector<std::string> inputs = {node.inputs[0], node.name + ".weight"};
  if (integer(node, "bias") != 0) inputs.push_back(node.name + ".bias");
  return OnnxNode{node.name, "Gemm", inputs, node.name, {{"transB", int64_t{1}}}};
}

// Gemm is alpha * A * B + beta * C; A is the data, B and C must be constants.
ImportedNode from_onnx(const OnnxNode& node, const NamedTensors& initialisers) {
  const auto constant = [&](size_t i) -> const Tensor& {
    if (const Tensor* tensor = initialisers.find(node.inputs.at(i))) return *tensor;
    throw Error(ExitCode::model, fmt::format("{}: input '{}' is no constant", node_text(node),
                                             printable(node.inputs.at(i))));
  };
  if (node.inputs.size() < 2 || onnx_integer(node, "transA", 0) != 0) {
    throw Error(ExitCode::model,
                fmt::format("{}: wanted data times a constant, with transA = 0", node_text(node)));
  }
  Tensor weight = constant(1);
  if (weight.dim() != 2) {
    throw Error(ExitCode::model, fmt::format("{}: wanted a matrix, got {} dimensions",
                                             node_text(node), weight.dim()));
  }
  if (onnx_integer(node, "transB", 0) == 0) weight = weight.t();
  weight = at::mul(weight, onnx_number(node, "alpha", 1.0)).contiguous();
  const int64_t out = weight.size(0);
  ImportedNode result{{node.output, "linear", {node.inputs[0]}, {{"out_features", out}}}, {weight}};
  const bool bias = node.inputs.size() > 2 && !node.inputs[2].empty();
  if (bias) {
    const Tensor scaled = at::mul(constant(2), onnx_number(node, "beta", 1.0));
    // [out] or [1, out]; [out, 1] would be one bias a sample.
    const bool fits = scaled.numel() == 1 || (scaled.numel() == out && scaled.size(-1) == out);
    if (!fits) {
      throw Error(ExitCode::model,
                  fmt::format("{}: wanted a bias of {} numbers, got {}", node_text(node), out,
                              fmt::join(scaled.sizes(), "x")));
    }
    result.weights.push_back(scaled.reshape({-1}).expand({out}).contiguous());
  }
  result.node.attributes["bias"] = int64_t{bias};
  return result;
}

}  // namespace

Op linear_op() {
  return {.name = "linear",
          .help = "x W^T + b, [N, in_features] to [N, out_features]",
          .shape = shape,
          .parameters = parameters,
          .macs = macs,
          .forward = forward,
          .onnx_type = "Gemm",
          .to_onnx = to_onnx,
          .from_onnx = from_onnx};
}

}  // namespace retort
