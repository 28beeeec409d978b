#include <ATen/ops/slice.h>

#include <algorithm>

#include "retort/model/ops/inputs.hpp"

namespace retort {
namespace {

Shape shape(const Node& node, const Shapes& inputs) {
  const Shape& input = only_input(node, inputs);
  const size_t axis = axis_of(node, input);
  const int64_t start = integer_between(node, "start", 0, input[axis] - 1);
  const int64_t end = integer_between(node, "end", start + 1, input[axis]);
  const int64_t step = integer_between(node, "step", 1, input[axis]);
  Shape result = input;
  result[axis] = (end - start + step - 1) / step;
  return result;
}

Tensor forward(const Node& node, std::span<const Tensor> inputs, std::span<const Tensor>,
               const PassMode&, uint64_t) {
  return at::slice(inputs[0], integer(node, "axis") + 1, integer(node, "start"),
                   integer(node, "end"), integer(node, "step"));
}

void to_onnx(const Node& node, const Shapes&, OnnxFragment& onnx) {
  const auto list = [&](int64_t value) { return onnx.constant(std::vector<int64_t>{value}); };
  onnx.result("Slice", {onnx.input(0), list(integer(node, "start")), list(integer(node, "end")),
                        list(integer(node, "axis") + 1), list(integer(node, "step"))});
}

ImportedNode slice_of(const std::string& name, const std::string& input, int64_t axis,
                      int64_t start, int64_t end, int64_t step) {
  return {
      {name, "slice", {input}, {{"axis", axis}, {"start", start}, {"end", end}, {"step", step}}},
      {}};
}

// One slice of ours for every axis; ends may be far outside, and counted from the end.
ImportedNodes slices_from_onnx(const OnnxNode& node, const OnnxSource& source) {
  const auto starts = onnx_integers_or_input(node, "starts", 1, source);
  const auto ends = onnx_integers_or_input(node, "ends", 2, source);
  auto axes = onnx_integers_or_input(node, "axes", 3, source);
  auto steps = onnx_integers_or_input(node, "steps", 4, source);
  if (axes.empty()) {
    for (size_t i = 0; i < starts.size(); ++i) axes.push_back(static_cast<int64_t>(i));
  }
  if (steps.empty()) steps.assign(starts.size(), 1);
  if (starts.empty() || ends.size() != starts.size() || axes.size() != starts.size() ||
      steps.size() != starts.size()) {
    refuse(node, "wanted as many starts as ends, axes and steps");
  }
  const Shape& input = source.graph.shape(node.inputs.at(0));
  ImportedNodes nodes;
  std::string last = node.inputs[0];
  for (size_t i = 0; i < starts.size(); ++i) {
    const int64_t axis = axis_from_onnx(node, axes[i], input.size() + 1);
    const int64_t size = input[static_cast<size_t>(axis)];
    const auto inside = [&](int64_t place) {
      return std::clamp<int64_t>(place < 0 ? std::max(place, -size) + size : place, 0, size);
    };
    const bool ends_here = i + 1 == starts.size();
    const std::string name = ends_here ? node.outputs.at(0) : node.outputs.at(0) + ".slice";
    nodes.push_back(slice_of(fmt::format("{}{}", name, ends_here ? "" : std::to_string(i)), last,
                             axis, inside(starts[i]), inside(ends[i]), steps[i]));
    last = nodes.back().node.name;
  }
  return nodes;
}

// One slice for every output; equal parts where no sizes are said.
ImportedNodes split_from_onnx(const OnnxNode& node, const OnnxSource& source) {
  const Shape& input = source.graph.shape(node.inputs.at(0));
  const int64_t axis = axis_from_onnx(node, onnx_integer(node, "axis", 0), input.size() + 1);
  const int64_t size = input[static_cast<size_t>(axis)];
  const auto count = static_cast<int64_t>(node.outputs.size());
  std::vector<int64_t> parts = onnx_integers_or_input(node, "split", 1, source);
  if (parts.empty()) parts.assign(node.outputs.size(), (size + count - 1) / count);
  if (parts.size() != node.outputs.size()) refuse(node, "wanted as many sizes as outputs");
  ImportedNodes nodes;
  int64_t start = 0;
  for (size_t i = 0; i < parts.size(); ++i) {
    const int64_t end = std::min(size, start + std::clamp<int64_t>(parts[i], 0, size));
    if (!node.outputs[i].empty()) {
      nodes.push_back(slice_of(node.outputs[i], node.inputs[0], axis, start, end, 1));
    }
    start = end;
  }
  return nodes;
}

ImportedNodes from_onnx(const OnnxNode& node, const OnnxSource& source) {
  return node.op_type == "Split" ? split_from_onnx(node, source) : slices_from_onnx(node, source);
}

}  // namespace

Op slice_op() {
  return {.name = "slice",
          .help = "elements from a start to an end along an axis, every one or every step-th",
          .shape = shape,
          .forward = forward,
          .takes_bf16 = true,
          .to_onnx = to_onnx,
          .onnx_types = {"Slice", "Split"},
          .from_onnx = from_onnx};
}

}  // namespace retort
