#pragma once

#include "retort/tensor/named_tensors.hpp"

namespace retort {

/// Logits whose softmax at T is the mean of the members' softmaxes at T, the arithmetic mean of
/// Hinton, Vinyals, Dean 2015, section 1:  T log(1/M sum_m softmax(z_m / T)).
/// members: logits [N, C, ..., M]; returns [N, C, ...] in double, where small probabilities last.
Tensor mean_of_probabilities(const Tensor& members, double temperature);

}  // namespace retort
