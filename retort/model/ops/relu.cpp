#include <ATen/ops/relu.h>

#include "retort/model/ops/one_input.hpp"

namespace retort {
namespace {

Tensor forward(const Node&, std::span<const Tensor> inputs, std::span<const Tensor>,
               const PassMode&, uint64_t) {
  return at::relu(inputs[0]);
}

std::optional<OnnxNode> to_onnx(const Node& node) {
  return OnnxNode{node.name, "Relu", node.inputs, node.name, {}};
}

ImportedNode from_onnx(const OnnxNode& node, const NamedTensors&) {
  return {{node.output, "relu", node.inputs, {}}, {}};
}

}  // namespace

Op relu_op() {
  return {.name = "relu",
          .help = "max(x, 0) of every element",
          .shape = same_shape,
          .parameters = no_parameters,
          .macs = no_macs,
          .forward = forward,
          .onnx_type = "Relu",
          .to_onnx = to_onnx,
          .from_onnx = from_onnx};
}

}  // namespace retort
