#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "retort/config/field.hpp"
#include "retort/data/dataset.hpp"

namespace retort {

/// Moves an image by up to `pixels` in x and in y, each of the (2 pixels + 1)^2 ways equally
/// likely; what comes in from outside is 0.
struct Shift {
  static constexpr std::string_view kind = "shift";
  static constexpr std::string_view help =
      "moves the image by up to some pixels in any direction, filling with 0";
  int64_t pixels = 2;
  void describe(FieldVisitor& visitor);

  int64_t views() const;
  /// `view` in [0, views()) names the way; the view in the middle leaves the image where it is.
  void apply(std::span<float> pixels_of_image, const Shape& shape, int64_t view) const;
  /// What it does, for fingerprints.
  std::string text() const;
};

/// A row of the table of transforms.
struct Transform {
  std::variant<Shift> value;
  void describe(FieldVisitor& visitor);
  int64_t views() const;
  void apply(std::span<float> pixels, const Shape& shape, int64_t view) const;
  std::string text() const;
};

/// The data set seen through transforms, one after the other. Its views are all their combinations.
/// Without transforms: the data set itself. Throws Error (usage) when there are more combinations
/// than an int64_t counts.
DatasetPointer transformed(DatasetPointer dataset, const std::vector<Transform>& transforms);

}  // namespace retort
