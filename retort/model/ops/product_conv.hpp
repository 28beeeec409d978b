#pragma once

#include <optional>

#include "retort/model/ops/window.hpp"

// Convolutions in bf16 of images of a few pixels, as products of matrices: oneDNN's convolutions
// keep the processor half busy there.
namespace retort {

/// Whether product_conv takes a convolution, and is quicker: no groups or dilation, the same
/// padding on opposite sides, at most 16 pixels in an image, [C, H, W].
bool product_conv_takes(const Shape& image, const Window& window, int64_t groups);

/// The convolution of images [N, C, H, W] that lie channels-last, with the gradients of all three.
/// One type for all; any that LibTorch multiplies.
Tensor product_conv(const Tensor& image, const Tensor& weight, const std::optional<Tensor>& bias,
                    const Window& window);

/// A weight [O, C, kernel height, kernel width] as product_conv multiplies by it: [O, places times
/// C].
Tensor flat_weight(const Tensor& weight);
/// The same without gradient, by a weight that is flat already.
Tensor product_conv_by_flat(const Tensor& image, const Tensor& flat_weight,
                            const std::optional<Tensor>& bias, const Window& window);

}  // namespace retort
