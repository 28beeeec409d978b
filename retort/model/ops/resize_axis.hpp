#pragma once

#include <array>
#include <cstdint>
#include <string_view>

namespace retort {

/// One axis of an image that is resized: where its new pixels lie among the old ones.
/// Source: the operator Resize of ONNX, whose words these are.
struct ResizedAxis {
  static constexpr std::array<std::string_view, 6> all_coordinates = {
      "asymmetric",           "half_pixel",           "pytorch_half_pixel",
      "half_pixel_symmetric", "tf_half_pixel_for_nn", "align_corners"};
  static constexpr std::array<std::string_view, 4> all_roundings = {
      "floor", "ceil", "round_prefer_floor", "round_prefer_ceil"};

  std::string_view coordinates;  // one of these
  int64_t from;                  // pixels
  int64_t to;
  float scale;  // new pixels an old one; to / from, or more where a part of a pixel is left out

  /// Where this new pixel lies: 0 is the middle of the first old pixel, from - 1 that of the last.
  /// An axis of scale 1 is copied.
  float place(int64_t pixel) const;
  /// The old pixel that a rounding of the place leads to.
  int64_t nearest(int64_t pixel, std::string_view rounding) const;
  /// Whether the scale leaves no part of a pixel out.
  bool fits() const;
  /// Whether every old pixel stands for a whole number of new ones.
  bool repeats() const;
};

}  // namespace retort
