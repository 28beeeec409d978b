#include <ATen/ops/cat.h>

#include "retort/model/ops/inputs.hpp"

namespace retort {
namespace {

Shape shape(const Node& node, const Shapes& inputs) {
  if (inputs.empty()) misfit(node, "wanted inputs");
  const size_t axis = axis_of(node, inputs[0]);
  Shape result = inputs[0];
  result[axis] = 0;
  for (const Shape& input : inputs) {
    Shape rest = input;
    if (input.size() == result.size()) rest[axis] = result[axis];
    if (rest != result) {
      misfit(node, "[N, {}] does not fit beside [N, {}]", fmt::join(input, ", "),
             fmt::join(inputs[0], ", "));
    }
    result[axis] += input[axis];
  }
  return result;
}

Tensor forward(const Node& node, std::span<const Tensor> inputs, std::span<const Tensor>,
               const PassMode&, uint64_t) {
  return at::cat(at::TensorList(inputs.data(), inputs.size()), integer(node, "axis") + 1);
}

void to_onnx(const Node& node, const Shapes&, OnnxFragment& onnx) {
  onnx.result("Concat", onnx.inputs(), {{"axis", integer(node, "axis") + 1}});
}

ImportedNodes from_onnx(const OnnxNode& node, const OnnxSource& source) {
  for (size_t i = 0; i < node.inputs.size(); ++i) {
    if (onnx_constant(node, i, source) != nullptr) refuse(node, "a constant among the inputs");
  }
  const int64_t axis =
      axis_from_onnx(node, onnx_integer(node, "axis", 1), onnx_rank(node, 0, source));
  return {{{node.outputs.at(0), "concat", node.inputs, {{"axis", axis}}}, {}}};
}

}  // namespace

Op concat_op() {
  return {.name = "concat",
          .help = "nodes beside each other along an axis",
          .shape = shape,
          .forward = forward,
          .takes_bf16 = true,
          .to_onnx = to_onnx,
          .onnx_types = {"Concat"},
          .from_onnx = from_onnx};
}

}  // namespace retort
