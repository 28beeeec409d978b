#pragma once

#include "retort/model/zoo/published.hpp"

/// Networks for photos of 224 px. Weights are called as in torchvision ("layer1.0.conv1.weight"),
/// so that files with its keys fit.
namespace retort {

/// He et al. 2016, "Deep residual learning". Taps: layer1, layer2, layer3, layer4, flatten, fc.
struct Resnet {
  int64_t blocks[4];
  bool bottleneck;
};
Graph build_resnet(const Resnet& network, const Shape& input, int64_t classes);

template <Resnet network>
Graph build_resnet(const Shape& input, int64_t classes) {
  return build_resnet(network, input, classes);
}

/// Simonyan, Zisserman 2015, configuration D.
Graph build_vgg16(const Shape& input, int64_t classes);
/// Iandola et al. 2016, version 1.1; no linear map: the classes are channels of a convolution.
Graph build_squeezenet1_1(const Shape& input, int64_t classes);
/// Sandler et al. 2018, "Inverted residuals and linear bottlenecks".
Graph build_mobilenet_v2(const Shape& input, int64_t classes);
/// Howard et al. 2019, "Searching for MobileNetV3".
Graph build_mobilenet_v3_small(const Shape& input, int64_t classes);
/// Ma et al. 2018, "Practical guidelines for efficient CNN architecture design". Taps: stage2,
/// stage3, stage4.
Graph build_shufflenet_v2_x1_0(const Shape& input, int64_t classes);

inline constexpr Published resnet18{"resnet18", "residual network for photos, 18 layers",
                                    build_resnet<Resnet{{2, 2, 2, 2}, false}>};
inline constexpr Published resnet34{"resnet34", "residual network for photos, 34 layers",
                                    build_resnet<Resnet{{3, 4, 6, 3}, false}>};
inline constexpr Published resnet50{"resnet50", "residual network for photos, 50 layers",
                                    build_resnet<Resnet{{3, 4, 6, 3}, true}>};
inline constexpr Published vgg16{"vgg16", "VGG for photos, 16 layers", build_vgg16};
inline constexpr Published squeezenet1_1{"squeezenet1_1", "SqueezeNet 1.1 for photos",
                                         build_squeezenet1_1};
inline constexpr Published mobilenet_v2{"mobilenet_v2", "MobileNetV2 for photos",
                                        build_mobilenet_v2};
inline constexpr Published mobilenet_v3_small{"mobilenet_v3_small", "small MobileNetV3 for photos",
                                              build_mobilenet_v3_small};
inline constexpr Published shufflenet_v2_x1_0{"shufflenet_v2_x1_0", "ShuffleNetV2 for photos",
                                              build_shufflenet_v2_x1_0};

}  // namespace retort
