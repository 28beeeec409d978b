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

// Constant rows before one sequence: class tokens. Such a constant is [1, rows, features].
ImportedNodes tokens_from_onnx(const OnnxNode& node, const OnnxSource& source) {
  std::vector<Tensor> rows;
  for (size_t i = 0; i + 1 < node.inputs.size(); ++i) {
    const Tensor* constant = onnx_constant(node, i, source);
    if (constant == nullptr || constant->dim() != 3 || constant->size(0) != 1) {
      refuse(node, "a constant among the inputs that is no token before a sequence");
    }
    rows.push_back(constant->to(at::kFloat)[0]);
  }
  const size_t last = node.inputs.size() - 1;
  const OnnxLayout& layout = onnx_layout(node, last, source);
  if (onnx_shape(node, last, source).size() != 2 ||
      axis_from_onnx(node, onnx_integer(node, "axis", 1), layout) != 0) {
    refuse(node, "wanted tokens before a sequence [N, length, features], got " + layout.text());
  }
  const Tensor tokens = at::cat(rows, 0);
  return {{{node.outputs.at(0), "tokens", {node.inputs[last]}, {{"count", tokens.size(0)}}},
           {tokens},
           OnnxLayout::batch_first({layout.sizes[1] + tokens.size(0), layout.sizes[2]})}};
}

ImportedNodes from_onnx(const OnnxNode& node, const OnnxSource& source) {
  for (size_t i = 0; i < node.inputs.size(); ++i) {
    if (onnx_constant(node, i, source) != nullptr) return tokens_from_onnx(node, source);
  }
  const OnnxLayout& first = onnx_layout(node, 0, source);
  for (size_t i = 1; i < node.inputs.size(); ++i) {
    const OnnxLayout& other = onnx_layout(node, i, source);
    if (other.rank() != first.rank() || other.batch_axis != first.batch_axis ||
        other.outer != first.outer || other.inner() != first.inner()) {
      refuse(node,
             fmt::format("{} and {} have their batch in other places", first.text(), other.text()));
    }
  }
  const int64_t axis = axis_from_onnx(node, onnx_integer(node, "axis", 1), first);
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
