#pragma once

#include <cstdint>
#include <vector>

#include "retort/data/dataset.hpp"

namespace retort {

/// The image of another set that is most like one, and how much.
struct Nearest {
  int64_t index = 0;       // in the other set
  double correlation = 0;  // Pearson's, of the pixels
};

/// For each image of the first set the nearest one of the second: the largest correlation of their
/// pixels, so that brightness and contrast do not matter. Compared in grey, and no side longer than
/// 32 pixels. An image of one colour is like none (0). Both sets have the same shape.
std::vector<Nearest> nearest_images(const Dataset& images, const Dataset& others);

}  // namespace retort
