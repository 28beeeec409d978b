#pragma once

#include <cstdint>
#include <string_view>

#include "retort/config/field.hpp"
#include "retort/model/graph.hpp"

namespace retort {

/// A transformer for images with a token that learns from the teacher (Touvron et al. 2021,
/// "Training data-efficient image transformers"). Taps: blocks.I, norm, head (of the class token),
/// head_dist (of the distillation token), logits (the mean of both). The defaults are DeiT-tiny.
struct Deit {
  static constexpr std::string_view kind = "deit";
  static constexpr std::string_view help =
      "transformer for images with a distillation token; its defaults are DeiT-tiny for photos";
  int64_t patch = 16;
  int64_t width = 192;
  int64_t depth = 12;
  int64_t heads = 3;
  void describe(FieldVisitor& visitor);
  /// Throws Error (model) when the patches do not fit the image or the heads the width.
  Graph build(const Shape& input, int64_t classes) const;
};

}  // namespace retort
