#include "retort/data/transforms/erasing.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace retort {

void Erasing::describe(FieldVisitor& visitor) {
  visitor.visit({.name = "probability",
                 .help = "share of the images of which a box is overwritten",
                 .range = Range::between(0, 1)},
                probability);
  visitor.visit({.name = "least_area",
                 .help = "share of the image's area that the box has at least",
                 .range = Range::between(0, 1)},
                least_area);
  visitor.visit({.name = "most_area",
                 .help = "share of the image's area that the box has at most",
                 .range = Range::between(0, 1)},
                most_area);
  visitor.visit({.name = "ratio",
                 .help = "how many times as high as wide the box is at most, and as wide as high",
                 .range = Range::between(1, 100)},
                ratio);
  visitor.visit({.name = "value",
                 .help = "what the box is filled with, a pixel in [0, 1]",
                 .range = Range::between(0, 1)},
                value);
}

void Erasing::apply(std::span<float> pixels, const Shape& shape, int64_t view) const {
  Random random(RandomKey(static_cast<uint64_t>(view), kind));
  if (random.uniform() >= probability) return;
  const auto box =
      random_box(random, shape[1], shape[2], least_area, std::max(least_area, most_area), ratio);
  if (!box) return;
  for (int64_t channel = 0; channel < shape[0]; ++channel) {
    for (int64_t y = box->top; y < box->top + box->height; ++y) {
      const auto row = pixels.begin() + (channel * shape[1] + y) * shape[2] + box->left;
      std::fill(row, row + box->width, static_cast<float>(value));
    }
  }
}

std::string Erasing::text() const {
  return fmt::format("erasing probability {} least_area {} most_area {} ratio {} value {}",
                     probability, least_area, most_area, ratio, value);
}

}  // namespace retort
