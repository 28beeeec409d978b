#include "retort/data/transforms/resized_crop.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <vector>

#include "retort/data/images/resize.hpp"

namespace retort {

void ResizedCrop::describe(FieldVisitor& visitor) {
  visitor.visit({.name = "least_area",
                 .help = "share of the image's area that the part has at least",
                 .range = Range::between(0, 1)},
                least_area);
  visitor.visit({.name = "most_area",
                 .help = "share of the image's area that the part has at most",
                 .range = Range::between(0, 1)},
                most_area);
  visitor.visit({.name = "ratio",
                 .help = "how many times as high as wide the part is at most, and as wide as high",
                 .range = Range::between(1, 100)},
                ratio);
}

void ResizedCrop::apply(std::span<float> pixels, const Shape& shape, int64_t view) const {
  const int64_t height = shape[1], width = shape[2];
  Random random(RandomKey(static_cast<uint64_t>(view), kind));
  const auto box =
      random_box(random, height, width, least_area, std::max(least_area, most_area), ratio);
  if (!box) return;
  std::vector<float> part;
  part.reserve(static_cast<size_t>(shape[0] * box->height * box->width));
  for (int64_t channel = 0; channel < shape[0]; ++channel) {
    for (int64_t y = box->top; y < box->top + box->height; ++y) {
      const auto row = pixels.begin() + (channel * height + y) * width + box->left;
      part.insert(part.end(), row, row + box->width);
    }
  }
  const std::vector<float> whole =
      resize_bilinear<float>(part, {shape[0], box->height, box->width}, height, width);
  std::copy(whole.begin(), whole.end(), pixels.begin());
}

std::string ResizedCrop::text() const {
  return fmt::format("resized_crop least_area {} most_area {} ratio {}", least_area, most_area,
                     ratio);
}

}  // namespace retort
