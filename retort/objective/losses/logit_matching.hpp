#pragma once

#include "retort/objective/losses/loss_sum.hpp"

namespace retort {

/// The limit of `distillation` for a high temperature, summed over the samples:
///   1 / (2 C) sum_c (d_c - mean(d))^2,  d = z - t
/// (Hinton, Vinyals, Dean 2015, section 2.1: matching logits is a special case of distillation.)
/// The teacher gets no gradient. student, teacher: logits [N, C] or [N, C, ...].
LossSum logit_matching(const Tensor& student, const Tensor& teacher);

}  // namespace retort
