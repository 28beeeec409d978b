#pragma once

#include <span>
#include <vector>

#include "retort/model/ops.hpp"

namespace retort {

/// A convolution's weights for fused_conv, of this type (fp32 or bf16), laid out as oneDNN wants
/// them for `images` images of this shape; others work too, more slowly.
std::vector<Tensor> weights_for_fused_conv(const Node& node, std::span<const Tensor> weights,
                                           const Shape& image, int64_t images, at::ScalarType type);

/// A convolution, without gradient and in one pass over the image where LibTorch has oneDNN: plus
/// `sum`, which is overwritten, where it is defined, then a relu where one is wanted. The type of
/// the weights is what it is computed in and what comes out. `sum` has the output's shape and type.
Tensor fused_conv(const Node& node, const Tensor& image, std::span<const Tensor> weights,
                  const Tensor& sum, bool relu);

}  // namespace retort
