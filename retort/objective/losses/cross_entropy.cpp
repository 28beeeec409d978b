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

namespace {

// -sum q log softmax(z) = logsumexp(z) - sum q z, since q sums to 1. `picked` is sum q z without
// smoothing.
LossSum smoothed(const Tensor& logits, const Tensor& picked, const Tensor& targets,
                 double label_smoothing) {
  Tensor expected = picked;
  if (label_smoothing > 0) {
    expected = (1 - label_smoothing) * picked + label_smoothing * logits.mean(1);
  }
  const Tensor rows = at::logsumexp(logits, 1) - expected;
  return {at::where(targets.ge(0), rows, 0.0).sum(), labelled_count(targets)};
}

Tensor picked(const Tensor& logits, const Tensor& targets) {
  return at::gather(logits, 1, at::clamp_min(targets, 0).unsqueeze(1)).squeeze(1);
}

}  // namespace

LossSum cross_entropy(const Tensor& logits, const Tensor& targets, double label_smoothing) {
  return smoothed(logits, picked(logits, targets), targets, label_smoothing);
}

LossSum mixed_cross_entropy(const Tensor& logits, const Tensor& targets, const Tensor& others,
                            const Tensor& share, double label_smoothing) {
  const Tensor both = share * picked(logits, targets) + (1 - share) * picked(logits, others);
  return smoothed(logits, both, label_of_two(targets, others), label_smoothing);
}

Tensor label_of_two(const Tensor& targets, const Tensor& others) {
  return at::where(others.ge(0), targets, -1);
}

}  // namespace retort
