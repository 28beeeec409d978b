#pragma once

#include <memory>
#include <vector>

#include "retort/data/transforms.hpp"
#include "retort/predict/predictor.hpp"

namespace retort {

/// `views`: moved versions of an image that a teacher answers beside each other.
struct ViewSettings {
  int64_t count = 0;  // 0: the image alone, as it comes
  std::vector<Transform> transforms;
  void describe(FieldVisitor& visitor);
};

/// The predictor once for each view: it answers every image in that view. The views are `count`
/// different ones, chosen by the seed, or all where there are no more; the same for all images, so
/// that an answer depends on its image alone. count 0: the predictor itself.
std::vector<std::shared_ptr<const Predictor>> in_views(std::shared_ptr<const Predictor> predictor,
                                                       const ViewSettings& settings, uint64_t seed);

/// How many there are of them.
int64_t view_count(const ViewSettings& settings);

}  // namespace retort
