#pragma once

#include "retort/model/zoo/published.hpp"

/// VGG with batch norm and one linear map (after Simonyan, Zisserman 2015) for small images. Taps:
/// relu0 to relu4 (the last of every block), flatten, classifier.
namespace retort {

struct CifarVgg {
  int64_t convolutions[5];  // in each block
};
Graph build_cifar_vgg(const CifarVgg& network, const Shape& input, int64_t classes);

template <CifarVgg network>
Graph build_cifar_vgg(const Shape& input, int64_t classes) {
  return build_cifar_vgg(network, input, classes);
}

inline constexpr Published vgg8{"vgg8", "VGG for 32 px with batch norm, 8 layers",
                                build_cifar_vgg<CifarVgg{{1, 1, 1, 1, 1}}>};
inline constexpr Published vgg13{"vgg13", "VGG for 32 px with batch norm, 13 layers",
                                 build_cifar_vgg<CifarVgg{{2, 2, 2, 2, 2}}>};

}  // namespace retort
