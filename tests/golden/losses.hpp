#pragma once

#include <fmt/format.h>

#include <functional>
#include <vector>

#include "retort/objective/losses/loss_sum.hpp"
#include "tests/golden/golden.hpp"

/// The cases of tools/golden/losses.py, and gradients of losses.
namespace retort::golden {

inline const std::vector<Shape> loss_shapes = {{1, 2},    {3, 10},    {64, 10},    {7, 100},
                                               {2, 1000}, {64, 1000}, {2, 5, 3, 4}};
inline const std::vector<double> temperatures = {0.5, 1, 2, 4, 20, 1000};

/// Logits of the student and of the teacher.
inline Tensor student_logits(const Shape& shape) {
  return pattern(1, shape, -6, 6);
}
inline Tensor teacher_logits(const Shape& shape) {
  return pattern(2, shape, -9, 9);
}

using Loss = std::function<LossSum(const Tensor& logits)>;

struct LossAndGradient {
  double sum;
  double count;
  Tensor gradient;  // of the sum with respect to the logits
};

inline LossAndGradient with_gradient(const Loss& loss, const Tensor& logits) {
  const Tensor leaf = logits.detach().clone();
  leaf.requires_grad_(true);
  const LossSum value = loss(leaf);
  value.sum.backward();
  return {value.sum.item<double>(), value.count, leaf.grad()};
}

/// Central differences of the sum; `logits` in double.
inline Tensor finite_differences(const Loss& loss, const Tensor& logits) {
  constexpr double step = 1e-5;
  Tensor gradient = at::empty(logits.sizes(), at::kDouble);
  for (int64_t i = 0; i < logits.numel(); ++i) {
    const auto moved = [&](double by) {
      Tensor other = logits.detach().clone();
      other.data_ptr<double>()[i] += by;
      return loss(other).sum.item<double>();
    };
    gradient.data_ptr<double>()[i] = (moved(step) - moved(-step)) / (2 * step);
  }
  return gradient;
}

/// Largest element of |a - b| / largest of |b|.
inline double relative_difference(const Tensor& a, const Tensor& b) {
  return largest_difference(a, b) / flat(b).abs().max().item<double>();
}

inline bool is_finite(const LossAndGradient& result) {
  return std::isfinite(result.sum) && flat(result.gradient).isfinite().all().item<bool>();
}

}  // namespace retort::golden
