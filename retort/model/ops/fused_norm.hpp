#pragma once

#include "retort/model/ops.hpp"

namespace retort {

/// Whether fused_norm takes this image: fp32 or bf16 with the channels of a pixel side by side.
bool fused_norm_takes(const Tensor& image);

/// A batch norm that trains, and what follows it, in one pass over the image forward and two
/// backward: plus `other` where it is defined (of the image's shape and type), then a relu where
/// one is wanted. weights: scale, shift, running mean, running variance (see batch_norm.cpp).
Tensor fused_norm(const Node& node, const Tensor& image, std::span<const Tensor> weights,
                  const Tensor& other, bool relu);

/// The same with the running mean and variance, without gradient, in one pass.
Tensor frozen_norm(const Node& node, const Tensor& image, std::span<const Tensor> weights,
                   const Tensor& other, bool relu);

}  // namespace retort
