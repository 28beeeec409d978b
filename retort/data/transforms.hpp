#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <variant>
#include <vector>

#include "retort/config/field.hpp"
#include "retort/data/dataset.hpp"
#include "retort/data/transforms/colour_jitter.hpp"
#include "retort/data/transforms/erasing.hpp"
#include "retort/data/transforms/flip.hpp"
#include "retort/data/transforms/resized_crop.hpp"
#include "retort/data/transforms/shift.hpp"

namespace retort {

/// A row of the table of transforms.
struct Transform {
  std::variant<Shift, Flip, ResizedCrop, ColourJitter, Erasing> value;
  void describe(FieldVisitor& visitor);
  int64_t views() const;
  void apply(std::span<float> pixels, const Shape& shape, int64_t view) const;
  std::string text() const;
};

/// The data set seen through transforms, one after the other. Its views are all combinations of
/// theirs, each once, as long as they can be counted; otherwise uncounted_views, and a view is a
/// key from which each transform's own is drawn. Without transforms: the data set itself.
DatasetPointer transformed(DatasetPointer dataset, const std::vector<Transform>& transforms);

}  // namespace retort
