#include <ATen/ops/constant_pad_nd.h>

#include <cmath>
#include <numeric>

#include "retort/model/ops/inputs.hpp"

namespace retort {
namespace {

// "padding": what comes before every dimension, then what comes after every one.
Shape shape(const Node& node, const Shapes& inputs) {
  Shape result = only_input(node, inputs);
  const std::vector<int64_t>& padding = sizes_of(node, "padding", 2 * result.size(), 0);
  if (std::isnan(number(node, "value"))) misfit(node, "wanted a number as the value");
  for (size_t i = 0; i < result.size(); ++i) result[i] += padding[i] + padding[i + result.size()];
  return result;
}

Tensor forward(const Node& node, std::span<const Tensor> inputs, std::span<const Tensor>,
               const PassMode&, uint64_t) {
  const std::vector<int64_t>& padding = integers(node, "padding");
  const size_t rank = padding.size() / 2;
  std::vector<int64_t> last_dimension_first;
  for (size_t i = rank; i > 0; --i) {
    last_dimension_first.push_back(padding[i - 1]);
    last_dimension_first.push_back(padding[rank + i - 1]);
  }
  return at::constant_pad_nd(inputs[0], last_dimension_first, number(node, "value"));
}

void to_onnx(const Node& node, const Shapes&, OnnxFragment& onnx) {
  std::vector<int64_t> pads = integers(node, "padding");
  const auto rank = static_cast<std::ptrdiff_t>(pads.size() / 2);
  pads.insert(pads.begin() + rank, 0);  // the batch
  pads.insert(pads.begin(), 0);
  onnx.result("Pad", {onnx.input(0), onnx.constant(pads), onnx.constant(number(node, "value"))});
}

// Up to opset 10 the padding is an attribute, from 18 on it may be of some axes only.
std::vector<int64_t> padding_from_onnx(const OnnxNode& node, const OnnxLayout& layout,
                                       const OnnxSource& source) {
  const std::vector<int64_t> pads = onnx_integers_or_input(node, "pads", 1, source);
  std::vector<int64_t> axes = onnx_integers_or_input(node, "axes", 3, source);
  if (axes.empty()) {
    axes.resize(layout.rank());
    std::iota(axes.begin(), axes.end(), 0);
  }
  const size_t stored = layout.stored().size();
  std::vector<int64_t> padding(2 * stored, 0);
  if (pads.size() != 2 * axes.size()) refuse(node, "wanted two numbers for every axis");
  for (size_t i = 0; i < axes.size(); ++i) {
    const int64_t before = pads[i], after = pads[i + axes.size()];
    if (before == 0 && after == 0) continue;
    const auto axis = static_cast<size_t>(axis_from_onnx(node, axes[i], layout));
    padding[axis] = before;
    padding[axis + stored] = after;
  }
  return padding;
}

ImportedNodes from_onnx(const OnnxNode& node, const OnnxSource& source) {
  if (const std::string mode = onnx_text(node, "mode", "constant"); mode != "constant") {
    refuse(node, fmt::format("wanted mode = 'constant', got '{}'", printable(mode)));
  }
  const std::vector<int64_t> padding =
      padding_from_onnx(node, onnx_layout(node, 0, source), source);
  const double value = onnx_number_or_input(node, "value", 2, 0.0, source);
  return imported(node, "pad", {{"padding", padding}, {"value", value}});
}

}  // namespace

Op pad_op() {
  return {.name = "pad",
          .help = "a value around the elements",
          .shape = shape,
          .forward = forward,
          .to_onnx = to_onnx,
          .onnx_types = {"Pad"},
          .from_onnx = from_onnx};
}

}  // namespace retort
