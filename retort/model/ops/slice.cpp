#include <ATen/ops/slice.h>

#include <algorithm>

#include "retort/model/onnx_batch.hpp"
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

struct Range {
  int64_t axis, start, end, step;  // the axis as in the file
};

std::vector<Range> ranges_from_onnx(const OnnxNode& node, const OnnxSource& source) {
  const auto starts = onnx_integers_or_input(node, "starts", 1, source);
  auto ends = onnx_integers(node, "ends", {});
  if (onnx_has(node, 2)) ends = onnx_sizes(node, 2, source).fixed;
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
  std::vector<Range> ranges;
  for (size_t i = 0; i < starts.size(); ++i) {
    ranges.push_back({axes[i], starts[i], ends[i], steps[i]});
  }
  return ranges;
}

// Whether a range along the batch takes all of it, whatever its size.
bool takes_the_batch(const OnnxNode& node, const Range& range, size_t place,
                     const OnnxLayout& layout, const OnnxSource& source) {
  constexpr int64_t endless = INT32_MAX;
  if (range.start != 0 || range.step != 1) return false;
  if (range.end >= endless) return true;
  if (source.batch > 0 && range.end >= source.batch * layout.sizes[layout.batch_axis]) return true;
  return range.end == 0 && onnx_has(node, 2) &&
         onnx_sizes(node, 2, source).batches.at(place) == layout.sizes[layout.batch_axis];
}

// One slice of ours for every axis; ends may be far outside, and counted from the end.
ImportedNodes slices_from_onnx(const OnnxNode& node, const OnnxSource& source) {
  const OnnxLayout& layout = onnx_layout(node, 0, source);
  const Shape& input = source.graph.shape(node.inputs[0]);
  const std::vector<Range> ranges = ranges_from_onnx(node, source);
  ImportedNodes nodes;
  std::string last = node.inputs[0];
  for (size_t i = 0; i < ranges.size(); ++i) {
    const Range& range = ranges[i];
    if (onnx_axis(node, range.axis, layout.rank()) == layout.batch_axis &&
        takes_the_batch(node, range, i, layout, source)) {
      continue;
    }
    if (onnx_has(node, 2) && onnx_sizes(node, 2, source).batches.at(i) != 0) {
      refuse(node, "an end that depends on the size of the batch");
    }
    if (range.step < 1) refuse(node, fmt::format("wanted a step from 1 on, got {}", range.step));
    const int64_t axis = axis_from_onnx(node, range.axis, layout);
    const int64_t size = input[static_cast<size_t>(axis)];
    const auto inside = [&](int64_t place) {
      return std::clamp<int64_t>(place < 0 ? std::max(place, -size) + size : place, 0, size);
    };
    nodes.push_back(slice_of(fmt::format("{}.slice{}", node.outputs.at(0), i), last, axis,
                             inside(range.start), inside(range.end), range.step));
    last = nodes.back().node.name;
  }
  if (nodes.empty()) nodes = imported(node, "reshape", {{"shape", input}});
  nodes.back().node.name = node.outputs.at(0);
  return nodes;
}

// One slice for every output; equal parts where no sizes are said.
ImportedNodes split_from_onnx(const OnnxNode& node, const OnnxSource& source) {
  const Shape& input = source.graph.shape(node.inputs.at(0));
  const int64_t axis =
      axis_from_onnx(node, onnx_integer(node, "axis", 0), onnx_layout(node, 0, source));
  const int64_t size = input[static_cast<size_t>(axis)];
  const auto count = static_cast<int64_t>(node.outputs.size());
  std::vector<int64_t> parts = onnx_integers_or_input(node, "split", 1, source);
  int64_t left = size;
  for (const int64_t part : parts) {
    if (part < 0 || part > left) left = -1;
    if (left >= 0) left -= part;
  }
  if (!parts.empty() && left != 0) {
    refuse(node, fmt::format("sizes of [{}] for a dimension of {}", fmt::join(parts, ", "), size));
  }
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

// A place, whose dimension goes, or several that follow each other.
ImportedNodes gather_from_onnx(const OnnxNode& node, const OnnxSource& source) {
  const OnnxLayout& layout = onnx_layout(node, 0, source);
  const int64_t wanted = onnx_integer(node, "axis", 0);
  const int64_t axis = axis_from_onnx(node, wanted, layout);
  const size_t whole_axis = onnx_axis(node, wanted, layout.rank());
  const Tensor& constant = onnx_wanted_constant(node, 1, source);
  std::vector<int64_t> places = integers_of(constant);
  const int64_t size = layout.sizes[whole_axis];
  for (int64_t& place : places) {
    if (place < -size || place >= size) {
      refuse(node, fmt::format("wanted places below {}, got {}", size, place));
    }
    if (place < 0) place += size;
  }
  for (size_t i = 0; i < places.size(); ++i) {
    if (places[i] != places[0] + static_cast<int64_t>(i) || constant.dim() > 1) {
      refuse(node, "wanted places that follow each other");
    }
  }
  if (places.empty()) refuse(node, "wanted places");
  const std::string& name = node.outputs.at(0);
  const bool one = constant.dim() == 0;
  ImportedNodes nodes = {slice_of(one ? name + ".slice" : name, node.inputs[0], axis, places[0],
                                  places.back() + 1, 1)};
  if (!one) return nodes;
  OnnxLayout rest = layout;
  rest.sizes.erase(rest.sizes.begin() + static_cast<std::ptrdiff_t>(whole_axis));
  if (whole_axis < rest.batch_axis) --rest.batch_axis;
  nodes.push_back({{name, "reshape", {nodes[0].node.name}, {{"shape", rest.stored()}}}, {}, rest});
  return nodes;
}

ImportedNodes from_onnx(const OnnxNode& node, const OnnxSource& source) {
  if (node.op_type == "Gather") return gather_from_onnx(node, source);
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
          .onnx_types = {"Slice", "Split", "Gather"},
          .from_onnx = from_onnx};
}

}  // namespace retort
