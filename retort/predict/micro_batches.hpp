#pragma once

#include "retort/predict/predictor.hpp"

namespace retort {

/// What a predictor says of a batch, asked micro_batch_images at a time, the last ones filled up
/// with copies of an image: always the same kernels on matrices of the same sizes, so that a row
/// does not depend on how many others it was asked with. A recording holds the bits of a live
/// answer.
NamedTensors predict_in_micro_batches(const Predictor& predictor, const Batch& batch,
                                      const Names& wanted);

}  // namespace retort
