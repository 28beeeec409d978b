#pragma once

#include <span>

#include "retort/model/ops.hpp"

namespace retort {

/// A convolution, plus `other` where it is not null, then a relu where one is wanted, without
/// gradient and in one pass over the image where LibTorch has oneDNN. The weights' type decides
/// what it is computed in and what comes out: fp32 or bf16. `other` has the output's shape and
/// type.
Tensor fused_conv(const Node& node, const Tensor& image, std::span<const Tensor> weights,
                  const Tensor* other, bool relu);

}  // namespace retort
