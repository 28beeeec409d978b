#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "retort/config/field.hpp"
#include "retort/tensor/shape.hpp"

namespace retort {

/// Leaves an image as it is (view 0) or mirrors it (view 1).
struct Flip {
  static constexpr std::string_view kind = "flip";
  static constexpr std::string_view help = "mirrors every other image, left to right";
  void describe(FieldVisitor&) {}

  int64_t views() const { return 2; }
  void apply(std::span<float> pixels, const Shape& shape, int64_t view) const;
  std::string text() const { return "flip"; }
};

}  // namespace retort
