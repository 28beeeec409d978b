#pragma once

#include "retort/model/zoo/published.hpp"

/// Wide residual networks (Zagoruyko, Komodakis 2016): norm and relu come before each convolution.
/// Taps: conv1, block1, block2, block3, relu, flatten, fc.
namespace retort {

struct WideResnet {
  int64_t depth;
  int64_t widening;
};
Graph build_wide_resnet(const WideResnet& network, const Shape& input, int64_t classes);

template <WideResnet network>
Graph build_wide_resnet(const Shape& input, int64_t classes) {
  return build_wide_resnet(network, input, classes);
}

inline constexpr Published wrn_16_1{"wrn_16_1", "wide residual network for 32 px, 16 layers",
                                    build_wide_resnet<WideResnet{16, 1}>};
inline constexpr Published wrn_16_2{"wrn_16_2",
                                    "wide residual network for 32 px, 16 layers, twice as wide",
                                    build_wide_resnet<WideResnet{16, 2}>};
inline constexpr Published wrn_40_1{"wrn_40_1", "wide residual network for 32 px, 40 layers",
                                    build_wide_resnet<WideResnet{40, 1}>};
inline constexpr Published wrn_40_2{"wrn_40_2",
                                    "wide residual network for 32 px, 40 layers, twice as wide",
                                    build_wide_resnet<WideResnet{40, 2}>};

}  // namespace retort
