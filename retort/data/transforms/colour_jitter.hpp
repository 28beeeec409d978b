#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "retort/config/field.hpp"
#include "retort/data/transforms/random_box.hpp"
#include "retort/tensor/shape.hpp"

namespace retort {

/// What torchvision's adjust_brightness, adjust_contrast, adjust_saturation and adjust_hue do to a
/// [C, H, W] image with pixels in [0, 1]. Saturation and hue leave images alone that do not have
/// three channels.
void adjust_brightness(std::span<float> pixels, float factor);
void adjust_contrast(std::span<float> pixels, const Shape& shape, float factor);
void adjust_saturation(std::span<float> pixels, const Shape& shape, float factor);
void adjust_hue(std::span<float> pixels, const Shape& shape, float turn);

/// Changes brightness, contrast, saturation and hue, in random order: torchvision's ColorJitter.
struct ColourJitter {
  static constexpr std::string_view kind = "colour_jitter";
  static constexpr std::string_view help = "changes brightness, contrast, saturation and hue";
  double brightness = 0.4;
  double contrast = 0.4;
  double saturation = 0.4;
  double hue = 0;
  void describe(FieldVisitor& visitor);

  int64_t views() const { return uncounted_views; }
  void apply(std::span<float> pixels, const Shape& shape, int64_t view) const;
  std::string text() const;
};

}  // namespace retort
