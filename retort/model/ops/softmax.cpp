#include <ATen/ops/softmax.h>

#include "retort/model/ops/inputs.hpp"

namespace retort {
namespace {

Shape shape(const Node& node, const Shapes& inputs) {
  axis_of(node, only_input(node, inputs));
  return inputs[0];
}

Tensor forward(const Node& node, std::span<const Tensor> inputs, std::span<const Tensor>,
               const PassMode&, uint64_t) {
  return at::softmax(inputs[0], integer(node, "axis") + 1);
}

void to_onnx(const Node& node, const Shapes&, OnnxFragment& onnx) {
  onnx.result("Softmax", {onnx.input(0)}, {{"axis", integer(node, "axis") + 1}});
}

// Before opset 13 it went over all dimensions from its axis on.
ImportedNodes from_onnx(const OnnxNode& node, const OnnxSource& source) {
  const OnnxLayout& layout = onnx_layout(node, 0, source);
  const size_t axis =
      onnx_axis(node, onnx_integer(node, "axis", source.opset >= 13 ? -1 : 1), layout.rank());
  for (size_t later = axis + 1; source.opset < 13 && later < layout.rank(); ++later) {
    if (layout.sizes[later] != 1 || later == layout.batch_axis) {
      refuse(node, "wanted it over the last dimension");
    }
  }
  return imported(node, "softmax",
                  {{"axis", axis_from_onnx(node, static_cast<int64_t>(axis), layout)}});
}

}  // namespace

Op softmax_op() {
  return {.name = "softmax",
          .help = "exp(x) / sum of exp(x) along an axis",
          .shape = shape,
          .forward = forward,
          .to_onnx = to_onnx,
          .onnx_types = {"Softmax"},
          .from_onnx = from_onnx};
}

}  // namespace retort
