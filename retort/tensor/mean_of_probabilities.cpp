#include "retort/tensor/mean_of_probabilities.hpp"

#include <ATen/TensorOperators.h>
#include <ATen/ops/log_softmax.h>
#include <ATen/ops/logsumexp.h>

#include <cmath>

namespace retort {

Tensor mean_of_probabilities(const Tensor& members, double temperature) {
  const Tensor soft = at::log_softmax(members.to(at::kDouble) / temperature, 1);
  const auto count = static_cast<double>(members.size(-1));
  return temperature * (at::logsumexp(soft, at::IntArrayRef{-1}) - std::log(count));
}

}  // namespace retort
