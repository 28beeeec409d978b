#include <ATen/ops/avg_pool2d.h>
#include <ATen/ops/div.h>
#include <ATen/ops/max_pool2d.h>
#include <ATen/ops/ones.h>

#include <algorithm>
#include <functional>
#include <limits>

#include "retort/model/ops/window.hpp"

// The largest and the mean value under a window.
namespace retort {
namespace {

// With "ceil_mode" a last window may reach over the end of the image, as long as it begins in it.
// That is the same as more padding there.
Window pooling_window(const Node& node, const Shape& image) {
  Window window = window_of(node);
  const bool ceil = integer_between(node, "ceil_mode", 0, 1) == 1;
  for (const size_t direction : {0, 1}) {
    if (std::max(window.padding[direction], window.padding[direction + 2]) >=
        window.extent(direction)) {
      misfit(node, "wanted padding below the window's {}, got [{}]", window.extent(direction),
             fmt::join(window.padding, ", "));
    }
    if (!ceil) continue;
    const int64_t before_end = image[direction + 1] + window.padding[direction];
    const int64_t room = window.padding_of(direction) + image[direction + 1] -
                         window.extent(direction) + window.stride[direction] - 1;
    int64_t last = room / window.stride[direction] * window.stride[direction];
    if (last >= before_end) last -= window.stride[direction];
    window.padding[direction + 2] =
        std::max<int64_t>(last + window.extent(direction) - before_end, 0);
  }
  return window;
}

Shape shape(const Node& node, const Shapes& inputs) {
  const Shape& image = only_image(node, inputs);
  const Window window = pooling_window(node, image);
  return {image[0], window.places(node, image, 0), window.places(node, image, 1)};
}

Tensor max_pool(const Node& node, std::span<const Tensor> inputs, std::span<const Tensor>,
                const PassMode&, uint64_t) {
  const Window window = pooling_window(node, inputs[0].sizes().slice(1).vec());
  const bool plain = window.is_symmetric() && 2 * window.padding[0] <= window.kernel[0] &&
                     2 * window.padding[1] <= window.kernel[1];
  if (plain) {
    return at::max_pool2d(inputs[0], window.kernel, window.stride,
                          {window.padding[0], window.padding[1]}, window.dilation);
  }
  constexpr double lowest = -std::numeric_limits<double>::infinity();
  return at::max_pool2d(padded(inputs[0], window.padding, lowest), window.kernel, window.stride, 0,
                        window.dilation);
}

Shape average_pool_shape(const Node& node, const Shapes& inputs) {
  const Shape result = shape(node, inputs);
  integer_between(node, "count_include_pad", 0, 1);
  const Window window = window_of(node);
  if (window.dilation != std::vector<int64_t>{1, 1}) misfit(node, "wanted a dilation of 1");
  return result;
}

// The part of the window's padding that counts as zeros: what was asked for, not what "ceil_mode"
// adds.
std::vector<int64_t> counted_padding(const Node& node, const Window& window) {
  std::vector<int64_t> counted(4, 0);
  if (integer(node, "count_include_pad") == 0) return counted;
  const std::vector<int64_t> asked = window_of(node).padding;
  for (size_t side = 0; side < 4; ++side) {
    counted[side] = std::min(asked[side], window.padding[side]);
  }
  return counted;
}

std::vector<int64_t> difference(const std::vector<int64_t>& a, const std::vector<int64_t>& b) {
  std::vector<int64_t> result(a.size());
  std::transform(a.begin(), a.end(), b.begin(), result.begin(), std::minus<>());
  return result;
}

// Where padding does not count, the mean of zeros and ones says how much of a window does.
Tensor average_pool(const Node& node, std::span<const Tensor> inputs, std::span<const Tensor>,
                    const PassMode&, uint64_t) {
  const Tensor& image = inputs[0];
  const Window window = pooling_window(node, image.sizes().slice(1).vec());
  const auto mean = [&](const Tensor& values) {
    return at::avg_pool2d(values, window.kernel, window.stride);
  };
  const Tensor sum = mean(padded(image, window.padding, 0));
  const std::vector<int64_t> counted = counted_padding(node, window);
  if (counted == window.padding) return sum;
  const Tensor ones = at::ones({1, 1, image.size(2), image.size(3)}, image.options());
  const std::vector<int64_t> rest = difference(window.padding, counted);
  return at::div(sum, mean(padded(padded(ones, counted, 1), rest, 0)));
}

void write_pool(const std::string& type, const Window& window, const std::string& input,
                Attributes more, OnnxFragment& onnx) {
  Attributes attributes = to_onnx(window);
  if (type == "AveragePool") attributes.erase("dilations");  // not before opset 19
  attributes.merge(more);
  onnx.result(type, {input}, attributes);
}

void max_pool_to_onnx(const Node& node, const Shapes& inputs, OnnxFragment& onnx) {
  write_pool("MaxPool", pooling_window(node, inputs[0]), onnx.input(0), {}, onnx);
}

// What counts as zeros is padded first where "ceil_mode" adds more, which does not count.
void average_pool_to_onnx(const Node& node, const Shapes& inputs, OnnxFragment& onnx) {
  Window window = pooling_window(node, inputs[0]);
  const std::vector<int64_t> counted = counted_padding(node, window);
  std::string image = onnx.input(0);
  const bool all_counts = counted == window.padding;
  if (!all_counts && integer(node, "count_include_pad") != 0) {
    const std::vector<int64_t> pads = {0, 0, counted[0], counted[1], 0, 0, counted[2], counted[3]};
    image = onnx.value("Pad", {image, onnx.constant(pads)});
    window.padding = difference(window.padding, counted);
  }
  write_pool("AveragePool", window, image, {{"count_include_pad", int64_t{all_counts}}}, onnx);
}

ImportedNodes read_pool(const OnnxNode& node, const OnnxSource& source, std::string_view op,
                        Attributes more) {
  const Shape& image = onnx_shape(node, 0, source);
  if (!node.attributes.contains("kernel_shape")) refuse(node, "'kernel_shape' is missing");
  Attributes attributes = window_from_onnx(node, onnx_integers(node, "kernel_shape", {}), image);
  attributes["ceil_mode"] = onnx_integer(node, "ceil_mode", 0);
  attributes.merge(more);
  return imported(node, op, attributes);
}

// A global one has the whole image as its window.
ImportedNodes max_pool_from_onnx(const OnnxNode& node, const OnnxSource& source) {
  if (node.op_type == "GlobalMaxPool") {
    OnnxNode whole = node;
    const Shape& image = onnx_shape(node, 0, source);
    if (image.size() != 3) refuse(node, "wanted an image [N, C, H, W]");
    whole.attributes = {{"kernel_shape", Shape{image[1], image[2]}}};
    return read_pool(whole, source, "max_pool", {});
  }
  return read_pool(node, source, "max_pool", {});
}

ImportedNodes average_pool_from_onnx(const OnnxNode& node, const OnnxSource& source) {
  return read_pool(node, source, "average_pool",
                   {{"count_include_pad", onnx_integer(node, "count_include_pad", 0)}});
}

}  // namespace

Op max_pool_op() {
  return {.name = "max_pool",
          .help = "the largest value under a window",
          .shape = shape,
          .forward = max_pool,
          .takes_bf16 = true,
          .to_onnx = max_pool_to_onnx,
          .onnx_types = {"MaxPool", "GlobalMaxPool"},
          .from_onnx = max_pool_from_onnx};
}

Op average_pool_op() {
  return {.name = "average_pool",
          .help = "the mean value under a window, with or without the padding",
          .shape = average_pool_shape,
          .forward = average_pool,
          .takes_bf16 = true,
          .to_onnx = average_pool_to_onnx,
          .onnx_types = {"AveragePool"},
          .from_onnx = average_pool_from_onnx};
}

}  // namespace retort
