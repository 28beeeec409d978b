#include <ATen/ops/constant_pad_nd.h>

#include <cmath>

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

// Up to opset 10 the padding is an attribute.
ImportedNodes from_onnx(const OnnxNode& node, const OnnxSource& source) {
  if (const std::string mode = onnx_text(node, "mode", "constant"); mode != "constant") {
    refuse(node, fmt::format("wanted mode = 'constant', got '{}'", printable(mode)));
  }
  if (onnx_has(node, 3)) refuse(node, "axes of its own");
  std::vector<int64_t> pads = onnx_integers_or_input(node, "pads", 1, source);
  const size_t rank = onnx_rank(node, 0, source);
  if (pads.size() != 2 * rank || pads[0] != 0 || pads[rank] != 0) {
    refuse(node, fmt::format("wanted padding of all dimensions but the batch, got [{}]",
                             fmt::join(pads, ", ")));
  }
  pads.erase(pads.begin() + static_cast<std::ptrdiff_t>(rank));
  pads.erase(pads.begin());
  const double value = onnx_number_or_input(node, "value", 2, 0.0, source);
  return imported(node, "pad", {{"padding", pads}, {"value", value}});
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
