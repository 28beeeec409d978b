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

ImportedNodes from_onnx(const OnnxNode& node, const OnnxSource& source) {
  const int64_t axis = onnx_integer(node, "axis", 1);
  if (axis != 1 && axis != 1 - static_cast<int64_t>(onnx_rank(node, 0, source))) {
    refuse(node, fmt::format("wanted axis = 1, got {}", axis));
  }
  return imported(node, "flatten");
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
