#pragma once

#include "retort/model/zoo/published.hpp"

/// Light networks for small images, as the distillation literature has them.
namespace retort {

/// Sandler et al. 2018 at half the width, with relu. Taps: blocks.I.J.conv.7 or blocks.I.J.add.
Graph build_mobilenetv2_half(const Shape& input, int64_t classes);
/// Zhang et al. 2018, three groups. Taps: layer1, layer2, layer3.
Graph build_shufflenetv1(const Shape& input, int64_t classes);
/// Ma et al. 2018. Taps: layer1, layer2, layer3.
Graph build_shufflenetv2(const Shape& input, int64_t classes);

inline constexpr Published mobilenetv2_half{
    "mobilenetv2_half", "MobileNetV2 for 32 px at half the width", build_mobilenetv2_half};
inline constexpr Published shufflenetv1{"shufflenetv1", "ShuffleNet for 32 px, 3 groups",
                                        build_shufflenetv1};
inline constexpr Published shufflenetv2{"shufflenetv2", "ShuffleNetV2 for 32 px",
                                        build_shufflenetv2};

}  // namespace retort
