#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "retort/config/field.hpp"
#include "retort/data/transforms/random_box.hpp"
#include "retort/tensor/shape.hpp"

namespace retort {

/// A random part of the image, resized to the whole: torchvision's RandomResizedCrop. Where ten
/// boxes did not fit, the image stays as it is.
struct ResizedCrop {
  static constexpr std::string_view kind = "resized_crop";
  static constexpr std::string_view help = "a random part of the image, resized to the whole";
  double least_area = 0.08;
  double most_area = 1;
  double ratio = 4.0 / 3;
  void describe(FieldVisitor& visitor);

  int64_t views() const { return uncounted_views; }
  void apply(std::span<float> pixels, const Shape& shape, int64_t view) const;
  std::string text() const;
};

}  // namespace retort
