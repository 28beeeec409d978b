#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "retort/config/field.hpp"
#include "retort/data/transforms/random_box.hpp"
#include "retort/tensor/shape.hpp"

namespace retort {

/// How an image is turned, enlarged and slanted around its centre.
struct AffineMap {
  double degrees = 0;  // clockwise
  double scale = 1;
  double shear = 0;  // degrees, along x
};

/// Moves an image [C, H, W] in place, bilinearly, with zeros from outside: torchvision's
/// functional `affine` of a tensor, in which a point p of the image goes to
/// scale * rotation(degrees) * [1, -tan(shear); 0, 1] * p.
void move_affinely(std::span<float> pixels, const Shape& shape, const AffineMap& map);

/// Turns, enlarges and slants the image at random: torchvision's RandomAffine without its shift.
struct Affine {
  static constexpr std::string_view kind = "affine";
  static constexpr std::string_view help = "turns, enlarges and slants the image a little";
  double degrees = 15;
  double scale = 0.1;
  double shear = 10;
  void describe(FieldVisitor& visitor);

  int64_t views() const { return uncounted_views; }
  void apply(std::span<float> pixels, const Shape& shape, int64_t view) const;
  std::string text() const;
};

}  // namespace retort
