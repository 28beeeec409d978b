#include "retort/objective/losses/logit_matching.hpp"

#include <ATen/TensorOperators.h>

namespace retort {

LossSum logit_matching(const Tensor& student, const Tensor& teacher) {
  const Tensor difference = student - teacher.detach();
  const Tensor centred = difference - difference.mean(1, /*keepdim=*/true);
  const auto classes = static_cast<double>(student.size(1));
  return {centred.square().sum() / (2 * classes), static_cast<double>(student.numel()) / classes};
}

}  // namespace retort
