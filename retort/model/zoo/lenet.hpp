#pragma once

#include "retort/model/zoo/published.hpp"

namespace retort {

/// LeCun et al. 1998, "Gradient-based learning applied to document recognition", with a linear map
/// as its last layer. Taps: pool1, pool2, tanh3, tanh4, logits.
Graph build_lenet5(const Shape& input, int64_t classes);

inline constexpr Published lenet5{"lenet5", "LeNet-5 for digits of 28 px", build_lenet5};

}  // namespace retort
