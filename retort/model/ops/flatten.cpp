#include <ATen/ops/flatten.h>

#include "retort/model/ops/inputs.hpp"

namespace retort {
namespace {

Shape shape(const Node& node, const Shapes& inputs) {
  return {element_count(only_input(node, inputs))};
}

Tensor forward(const Node&, std::span<const Tensor> inputs, std::span<const Tensor>,
               const PassMode&, uint64_t) {
  return at::flatten(inputs[0], 1);
}

void to_onnx(const Node&, const Shapes&, OnnxFragment& onnx) {
  onnx.result("Flatten", {onnx.input(0)}, {{"axis", int64_t{1}}});
}

// Into a matrix: the dimensions before the axis and those from it on.
ImportedNodes from_onnx(const OnnxNode& node, const OnnxSource& source) {
  const OnnxLayout& layout = onnx_layout(node, 0, source);
  const int64_t wanted = onnx_integer(node, "axis", 1);
  const auto rank = static_cast<int64_t>(layout.rank());
  const int64_t axis = wanted < 0 ? wanted + rank : wanted;
  if (axis < 0 || axis > rank) refuse(node, fmt::format("wanted an axis up to {}", rank));
  if (axis == 1 && layout.is_batch_first()) return imported(node, "flatten");
  const auto middle = layout.sizes.begin() + axis;
  const std::optional<OnnxLayout> flat = layout.reshaped(
      {element_count({layout.sizes.begin(), middle}), element_count({middle, layout.sizes.end()})},
      static_cast<int64_t>(layout.batch_axis) < axis ? 0 : 1);
  ImportedNodes nodes = imported(node, "reshape", {{"shape", flat.value().stored()}});
  nodes[0].layout = flat;
  return nodes;
}

}  // namespace

Op flatten_op() {
  return {.name = "flatten",
          .help = "[N, ...] to [N, features]",
          .shape = shape,
          .forward = forward,
          .to_onnx = to_onnx,
          .onnx_types = {"Flatten"},
          .from_onnx = from_onnx};
}

}  // namespace retort
