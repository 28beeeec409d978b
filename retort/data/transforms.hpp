#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <variant>
#include <vector>

#include "retort/config/field.hpp"
#include "retort/data/dataset.hpp"
#include "retort/data/transforms/affine.hpp"
#include "retort/data/transforms/colour_jitter.hpp"
#include "retort/data/transforms/erasing.hpp"
#include "retort/data/transforms/flip.hpp"
#include "retort/data/transforms/resized_crop.hpp"
#include "retort/data/transforms/shift.hpp"

namespace retort {

/// A row of the table of transforms.
struct Transform {
  std::variant<Shift, Flip, ResizedCrop, ColourJitter, Erasing, Affine> value;
  void describe(FieldVisitor& visitor);
  int64_t views() const;
  void apply(std::span<float> pixels, const Shape& shape, int64_t view) const;
  std::string text() const;
};

/// Transforms one after the other. Their views are all combinations of each one's, as long as they
/// can be counted; otherwise uncounted_views, and a view is a key from which each transform's own
/// is drawn.
class TransformChain {
 public:
  /// views_before: of the images that they are applied to.
  explicit TransformChain(std::vector<Transform> transforms, int64_t views_before = 1);
  int64_t views() const { return views_; }
  /// What a view is of: a view of the images before, then one of each transform.
  std::vector<int64_t> parts(int64_t view) const;
  /// parts: of a view.
  void apply(std::span<float> pixels, const Shape& shape, const std::vector<int64_t>& parts) const;
  /// All of them, a line each.
  std::string text() const;

 private:
  std::vector<Transform> transforms_;
  int64_t views_before_;
  int64_t views_;
  bool drawn_ = false;
};

/// The data set seen through transforms; its views are those of their chain. Without transforms:
/// the data set itself.
DatasetPointer transformed(DatasetPointer dataset, const std::vector<Transform>& transforms);

}  // namespace retort
