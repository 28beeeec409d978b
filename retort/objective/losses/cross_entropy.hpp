#pragma once

#include "retort/objective/losses/loss_sum.hpp"

namespace retort {

/// targets: int64, -1 where there is no label. How many have one.
double labelled_count(const Tensor& targets);

/// Cross-entropy of the student at T = 1 against labels, summed over the samples that have one:
///   -sum_c q_c log softmax(z)_c,  q = (1 - smoothing) onehot(label) + smoothing / C
/// logits: [N, C] or [N, C, ...]; targets: [N] or [N, ...], int64, -1 where there is no label.
/// Label smoothing: Szegedy et al. 2016, "Rethinking the Inception Architecture", section 7.
LossSum cross_entropy(const Tensor& logits, const Tensor& targets, double label_smoothing = 0);

/// Two labels a sample: the first counts for a mixed image to a share of it, the second for the
/// rest. The same sum with q = share onehot(first) + (1 - share) onehot(second), smoothed as above,
/// over the samples that have both. targets, others: [N] int64; share: [N] in [0, 1].
LossSum mixed_cross_entropy(const Tensor& logits, const Tensor& targets, const Tensor& others,
                            const Tensor& share, double label_smoothing = 0);

/// The label of a sample of two where it has both, else -1.
Tensor label_of_two(const Tensor& targets, const Tensor& others);

}  // namespace retort
