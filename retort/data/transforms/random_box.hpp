#pragma once

#include <cstdint>
#include <optional>

#include "retort/base/random.hpp"

namespace retort {

/// How many views a transform has whose ways cannot be counted: its view is then a key from which
/// it draws.
inline constexpr int64_t uncounted_views = int64_t{1} << 62;

/// A part of an image, in pixels.
struct Box {
  int64_t top, left, height, width;
};

/// Draws a box as torchvision's RandomResizedCrop and RandomErasing do: its share of the area
/// uniformly in [least_area, most_area], height / width log-uniformly in [1 / ratio, ratio], its
/// place uniformly. Shapes that do not fit into the image are drawn again, ten times; then none.
std::optional<Box> random_box(Random& random, int64_t height, int64_t width, double least_area,
                              double most_area, double ratio);

}  // namespace retort
