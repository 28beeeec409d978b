#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "retort/config/field.hpp"
#include "retort/tensor/shape.hpp"

namespace retort {

/// Moves an image by up to `pixels` in x and in y, each of the (2 pixels + 1)^2 ways equally
/// likely: the same as a random crop of the image padded by `pixels` on every side.
struct Shift {
  static constexpr std::string_view kind = "shift";
  static constexpr std::string_view help =
      "moves the image by up to some pixels in any direction: a random crop of the padded image";
  int64_t pixels = 2;
  std::string fill = "zero";
  void describe(FieldVisitor& visitor);

  int64_t views() const;
  /// `view` in [0, views()) names the way; the view in the middle leaves the image where it is.
  void apply(std::span<float> pixels_of_image, const Shape& shape, int64_t view) const;
  /// What it does, for fingerprints.
  std::string text() const;
};

}  // namespace retort
