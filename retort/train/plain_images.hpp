#pragma once

#include "retort/data/batch.hpp"

namespace retort {

/// The images of a training without its transforms, and which teachers are asked of them, while
/// the student sees them moved.
struct PlainImages {
  DatasetPointer images = nullptr;  // with the indices of the training's; null: no teacher is
  Names teachers = {};

  bool are_for(const std::string& teacher) const;
  SampleKey key(const SampleKey& moved) const { return {.index = moved.index}; }
  /// The samples of a batch of the training.
  std::vector<SampleKey> keys(const Batch& moved) const;
  Batch batch(const Batch& moved) const { return make_batch(*images, keys(moved)); }
};

}  // namespace retort
