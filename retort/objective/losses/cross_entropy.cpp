#include "retort/objective/losses/cross_entropy.hpp"

#include <ATen/TensorOperators.h>
#include <ATen/ops/clamp_min.h>
#include <ATen/ops/gather.h>
#include <ATen/ops/logsumexp.h>
#include <ATen/ops/where.h>

namespace retort {

double labelled_count(const Tensor& targets) {
  return static_cast<double>(targets.ge(0).sum().item<int64_t>());
}

LossSum cross_entropy(const Tensor& logits, const Tensor& targets, double label_smoothing) {
  const Tensor labelled = targets.ge(0);
  const Tensor picked = at::gather(logits, 1, at::clamp_min(targets, 0).unsqueeze(1)).squeeze(1);
  // -sum q log softmax(z) = logsumexp(z) - sum q z, since q sums to 1.
  Tensor expected = picked;
  if (label_smoothing > 0) {
    expected = (1 - label_smoothing) * picked + label_smoothing * logits.mean(1);
  }
  const Tensor rows = at::logsumexp(logits, 1) - expected;
  const Tensor sum = at::where(labelled, rows, 0.0).sum();
  return {sum, labelled_count(targets)};
}

}  // namespace retort
