#pragma once

#include "retort/model/zoo/published.hpp"

/// Residual networks for small images (He et al. 2016, section 4.2, with 1x1 convolutions as
/// shortcuts), as the distillation literature has them: resnet8x4 has four times the width. Taps:
/// relu, layer1, layer2, layer3, flatten, fc.
namespace retort {

struct CifarResnet {
  int64_t depth;
  int64_t widths[4];  // of the first convolution and the three stages
};
Graph build_cifar_resnet(const CifarResnet& network, const Shape& input, int64_t classes);

template <CifarResnet network>
Graph build_cifar_resnet(const Shape& input, int64_t classes) {
  return build_cifar_resnet(network, input, classes);
}

inline constexpr Published resnet8{"resnet8", "residual network for 32 px, 8 layers",
                                   build_cifar_resnet<CifarResnet{8, {16, 16, 32, 64}}>};
inline constexpr Published resnet14{"resnet14", "residual network for 32 px, 14 layers",
                                    build_cifar_resnet<CifarResnet{14, {16, 16, 32, 64}}>};
inline constexpr Published resnet20{"resnet20", "residual network for 32 px, 20 layers",
                                    build_cifar_resnet<CifarResnet{20, {16, 16, 32, 64}}>};
inline constexpr Published resnet32{"resnet32", "residual network for 32 px, 32 layers",
                                    build_cifar_resnet<CifarResnet{32, {16, 16, 32, 64}}>};
inline constexpr Published resnet56{"resnet56", "residual network for 32 px, 56 layers",
                                    build_cifar_resnet<CifarResnet{56, {16, 16, 32, 64}}>};
inline constexpr Published resnet110{"resnet110", "residual network for 32 px, 110 layers",
                                     build_cifar_resnet<CifarResnet{110, {16, 16, 32, 64}}>};
inline constexpr Published resnet14x2{"resnet14x2",
                                      "residual network for 32 px, 14 layers, twice as wide",
                                      build_cifar_resnet<CifarResnet{14, {32, 32, 64, 128}}>};
inline constexpr Published resnet8x4{"resnet8x4",
                                     "residual network for 32 px, 8 layers, 4 times as wide",
                                     build_cifar_resnet<CifarResnet{8, {32, 64, 128, 256}}>};
inline constexpr Published resnet32x4{"resnet32x4",
                                      "residual network for 32 px, 32 layers, 4 times as wide",
                                      build_cifar_resnet<CifarResnet{32, {32, 64, 128, 256}}>};

}  // namespace retort
