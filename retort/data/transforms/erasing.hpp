#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "retort/config/field.hpp"
#include "retort/data/transforms/random_box.hpp"
#include "retort/tensor/shape.hpp"

namespace retort {

/// Overwrites a random box of the image (Zhong et al. 2020, "Random Erasing Data Augmentation").
struct Erasing {
  static constexpr std::string_view kind = "erasing";
  static constexpr std::string_view help = "overwrites a random box of the image";
  double probability = 0.5;
  double least_area = 0.02;
  double most_area = 1.0 / 3;
  double ratio = 10.0 / 3;
  double value = 0;
  void describe(FieldVisitor& visitor);

  int64_t views() const { return uncounted_views; }
  void apply(std::span<float> pixels, const Shape& shape, int64_t view) const;
  std::string text() const;
};

}  // namespace retort
