#pragma once

#include <cstdint>
#include <vector>

#include "retort/objective/losses/loss_sum.hpp"

namespace retort {

/// The distillation loss, summed over the samples:
///   T^2 KL(softmax(t / T) || softmax(z / T)),  gradient by z: T (softmax(z / T) - softmax(t / T))
/// (Hinton, Vinyals, Dean 2015, "Distilling the Knowledge in a Neural Network", section 2; T^2
/// keeps the size of its gradient when T changes.) Computed in double, so that it is right where it
/// is small: for T = 1000, or a student that is nearly its teacher. The teacher gets no gradient.
/// student, teacher: logits [N, C] or [N, C, ...]; temperature > 0.
LossSum distillation(const Tensor& student, const Tensor& teacher, double temperature);

/// The mean over an ensemble's members of their distillation losses. Its gradient is that of the
/// loss against the mean of their probabilities: the two differ by entropies of the teachers alone.
/// student: logits [N, C] or [N, C, ...]; members: [N, C, ..., M]; temperature > 0.
LossSum mean_of_distillations(const Tensor& student, const Tensor& members, double temperature);

/// Of teachers that know different classes: the mean over the blocks b of
///   T^2 KL(softmax(teacher_b / T) || softmax(student restricted to b / T)).
/// Adding a constant to the student's logits of a block that shares no class with another changes
/// nothing. student: [N, C, ...]; teacher: [N, sum of the sizes, ...], block after block; blocks:
/// the classes of each.
LossSum mean_of_block_distillations(const Tensor& student, const Tensor& teacher,
                                    const std::vector<std::vector<int64_t>>& blocks,
                                    double temperature);

}  // namespace retort
