#pragma once

#include "retort/model/ops/inputs.hpp"

namespace retort {

/// A window that slides over an image: what convolutions and poolings share. Attributes "kernel",
/// "stride", "dilation" [height, width] and "padding" [top, left, bottom, right].
struct Window {
  std::vector<int64_t> kernel, stride, padding, dilation;

  /// Whether opposite sides have the same padding: what LibTorch's operators take.
  bool is_symmetric() const;
  /// Pixels from the first to the last row (0) or column (1) of the window.
  int64_t extent(size_t direction) const;
  int64_t padding_of(size_t direction) const;
  /// How often it fits into an image. Throws Error (model) when it does not.
  int64_t places(const Node& node, const Shape& image, size_t direction) const;
};

/// Throws Error (model) when the attributes are missing or make no sense.
Window window_of(const Node& node);

/// The image with values around it, for padding that LibTorch's operators do not take.
Tensor padded(const Tensor& image, const std::vector<int64_t>& padding, double value);

/// "kernel_shape", "strides", "pads", "dilations".
Attributes to_onnx(const Window& window);

/// The attributes of a node of ours from those of an ONNX node with this kernel; `image` is its
/// input without the batch, for auto_pad.
Attributes window_from_onnx(const OnnxNode& node, const Shape& kernel, const Shape& image);

}  // namespace retort
