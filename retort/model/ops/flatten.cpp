#include <ATen/ops/flatten.h>

#include "retort/model/ops/one_input.hpp"

namespace retort {
namespace {

Shape shape(const Node& node, const std::vector<Shape>& inputs) {
  return {element_count(only_input(node, inputs))};
}

Tensor forward(const Node&, std::span<const Tensor> inputs, std::span<const Tensor>,
               const PassMode&, uint64_t) {
  return at::flatten(inputs[0], 1);
}

std::optional<OnnxNode> to_onnx(const Node& node) {
  return OnnxNode{node.name, "Flatten", node.inputs, node.name, {{"axis", int64_t{1}}}};
}

ImportedNode from_onnx(const OnnxNode& node, const NamedTensors&) {
  if (const int64_t axis = onnx_integer(node, "axis", 1); axis != 1) {
    throw Error(ExitCode::model, fmt::format("{}: wanted axis = 1, got {}", node_text(node), axis));
  }
  return {{node.output, "flatten", node.inputs, {}}, {}};
}

}  // namespace

Op flatten_op() {
  return {.name = "flatten",
          .help = "[N, ...] to [N, features]",
          .shape = shape,
          .parameters = no_parameters,
          .macs = no_macs,
          .forward = forward,
          .onnx_type = "Flatten",
          .to_onnx = to_onnx,
          .from_onnx = from_onnx};
}

}  // namespace retort
