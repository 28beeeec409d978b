#pragma once

#include <cstdint>
#include <vector>

#include "retort/data/dataset.hpp"
#include "retort/tensor/named_tensors.hpp"

namespace retort {

/// One step's input.
struct Batch {
  Tensor inputs;         // [N, C, H, W], pixels in [0, 1]
  NamedTensors targets;  // "class": [N] int64, -1 where there is no label; "pool" alike, if any
  std::vector<SampleKey> keys;
};

/// The batch of these keys. Throws what Dataset::read throws.
Batch make_batch(const Dataset& dataset, std::vector<SampleKey> keys);

/// The samples of a batch in parts of at most `most`, in order; 0: in one part.
std::vector<Batch> parts_of(const Batch& batch, int64_t most);

/// All samples in order in view 0, the last batch as short as it comes: for evaluation.
std::vector<std::vector<SampleKey>> batches_in_order(const Dataset& dataset, int64_t batch_size);

}  // namespace retort
