#pragma once

#include <string_view>

#include "retort/tensor/named_tensors.hpp"

namespace retort {

// What of several teachers is averaged to make them one; see docs/ensembles.md.
inline constexpr std::string_view mean_by_probabilities = "probabilities";
inline constexpr std::string_view mean_by_logits = "logits";
inline constexpr std::string_view mean_by_losses = "losses";

/// Logits whose softmax at T is the mean of the members' softmaxes at T, the arithmetic mean of
/// Hinton, Vinyals, Dean 2015, section 1:  T log(1/M sum_m softmax(z_m / T)).
/// members: logits [N, C, ..., M]; returns [N, C, ...] in double, where small probabilities last.
Tensor mean_of_probabilities(const Tensor& members, double temperature);

}  // namespace retort
