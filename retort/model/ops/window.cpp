#include "retort/model/ops/window.hpp"

#include <ATen/ops/constant_pad_nd.h>

#include <algorithm>

namespace retort {

bool Window::is_symmetric() const {
  return padding[0] == padding[2] && padding[1] == padding[3];
}

int64_t Window::extent(size_t direction) const {
  return dilation[direction] * (kernel[direction] - 1) + 1;
}

int64_t Window::padding_of(size_t direction) const {
  return padding[direction] + padding[direction + 2];
}

int64_t Window::places(const Node& node, const Shape& image, size_t direction) const {
  const int64_t room = image[direction + 1] + padding_of(direction) - extent(direction);
  if (room < 0) {
    misfit(node, "a window of {} does not fit into {} pixels", extent(direction),
           image[direction + 1] + padding_of(direction));
  }
  return room / stride[direction] + 1;
}

Window window_of(const Node& node) {
  return {.kernel = sizes_of(node, "kernel", 2, 1),
          .stride = sizes_of(node, "stride", 2, 1),
          .padding = sizes_of(node, "padding", 4, 0),
          .dilation = sizes_of(node, "dilation", 2, 1)};
}

Tensor padded(const Tensor& image, const std::vector<int64_t>& padding, double value) {
  const std::vector<int64_t> last_dimension_first = {padding[1], padding[3], padding[0],
                                                     padding[2]};
  return at::constant_pad_nd(image, last_dimension_first, value);
}

Attributes to_onnx(const Window& window) {
  return {{"kernel_shape", window.kernel},
          {"strides", window.stride},
          {"pads", window.padding},
          {"dilations", window.dilation}};
}

namespace {

// SAME_UPPER and SAME_LOWER: as many places as pixels / stride, an odd pixel at the end or begin.
std::vector<int64_t> same_padding(const Shape& image, const Window& window, bool at_end) {
  std::vector<int64_t> padding(4);
  for (const size_t direction : {0, 1}) {
    const int64_t pixels = image[direction + 1];
    const int64_t stride = window.stride[direction];
    const int64_t places = (pixels + stride - 1) / stride;
    const int64_t all =
        std::max<int64_t>((places - 1) * stride + window.extent(direction) - pixels, 0);
    padding[direction] = at_end ? all / 2 : all - all / 2;
    padding[direction + 2] = all - padding[direction];
  }
  return padding;
}

}  // namespace

Attributes window_from_onnx(const OnnxNode& node, const Shape& kernel, const Shape& image) {
  if (kernel.size() != 2 || image.size() != 3) refuse(node, "wanted an image [N, C, H, W]");
  Window window = {.kernel = onnx_integers(node, "kernel_shape", kernel),
                   .stride = onnx_integers(node, "strides", {1, 1}),
                   .padding = onnx_integers(node, "pads", {0, 0, 0, 0}),
                   .dilation = onnx_integers(node, "dilations", {1, 1})};
  const auto positive = [](int64_t number) { return number > 0 && number < 1 << 20; };
  for (const auto* list : {&window.kernel, &window.stride, &window.dilation}) {
    if (list->size() != 2 || !std::all_of(list->begin(), list->end(), positive)) {
      refuse(node, fmt::format("impossible sizes [{}]", fmt::join(*list, ", ")));
    }
  }
  const std::string automatic = onnx_text(node, "auto_pad", "NOTSET");
  if (automatic == "SAME_UPPER" || automatic == "SAME_LOWER") {
    window.padding = same_padding(image, window, automatic == "SAME_UPPER");
  } else if (automatic != "NOTSET" && automatic != "VALID") {
    refuse(node, fmt::format("auto_pad = '{}'", printable(automatic)));
  }
  return {{"kernel", window.kernel},
          {"stride", window.stride},
          {"padding", window.padding},
          {"dilation", window.dilation}};
}

}  // namespace retort
