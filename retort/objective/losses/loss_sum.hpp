#pragma once

#include "retort/tensor/named_tensors.hpp"

namespace retort {

/// A loss as a sum over samples and their count, divided last: batches, shards and accumulation add
/// up.
struct LossSum {
  Tensor sum;        // scalar; carries the gradient
  double count = 0;  // samples that had a say
  double kept = -1;  // of them, where the loss leaves some out; -1: it leaves out none
};

}  // namespace retort
