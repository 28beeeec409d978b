#include "retort/objective/losses/confident.hpp"

#include <ATen/TensorOperators.h>
#include <ATen/ops/index_select.h>
#include <ATen/ops/nonzero.h>
#include <ATen/ops/softmax.h>

namespace retort {

Tensor confident_rows(const Tensor& logits, double confidence) {
  const Tensor largest = at::softmax(logits.detach().to(at::kDouble), 1).amax(1).reshape({-1});
  // What is no number stays, so that the loss says so.
  return at::nonzero((largest < confidence).logical_not()).reshape({-1});
}

Tensor rows_of_logits(const Tensor& logits, const Tensor& rows, bool has_members) {
  const Tensor last = logits.movedim(1, has_members ? -2 : -1);
  const Shape row(last.sizes().end() - (has_members ? 2 : 1), last.sizes().end());
  Shape shape = {-1};
  shape.insert(shape.end(), row.begin(), row.end());
  return at::index_select(last.reshape(shape), 0, rows);
}

}  // namespace retort
