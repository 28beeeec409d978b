#include "retort/objective/losses/distillation.hpp"

#include <ATen/TensorOperators.h>
#include <ATen/ops/clamp_min.h>
#include <ATen/ops/exp.h>
#include <ATen/ops/index_select.h>
#include <ATen/ops/log_softmax.h>
#include <ATen/ops/tensor.h>
#include <torch/csrc/autograd/custom_function.h>

namespace retort {
namespace {

using torch::autograd::AutogradContext;
using torch::autograd::variable_list;

// Value and gradient share their exponentials: one pass over the logits gives both.
struct DistillationFunction : torch::autograd::Function<DistillationFunction> {
  static Tensor forward(AutogradContext* context, const Tensor& student, const Tensor& teacher,
                        double temperature) {
    const Tensor log_student = at::log_softmax(student.to(at::kDouble) / temperature, 1);
    const Tensor log_teacher = at::log_softmax(teacher.to(at::kDouble) / temperature, 1);
    const Tensor p_teacher = at::exp(log_teacher);
    // A divergence is never negative; rounding could make it so where the two agree.
    const Tensor rows = at::clamp_min((p_teacher * (log_teacher - log_student)).sum(1), 0);
    const Tensor gradient = temperature * (at::exp(log_student) - p_teacher);
    context->save_for_backward({gradient.to(student.scalar_type())});
    return (temperature * temperature * rows.sum()).to(student.scalar_type());
  }

  static variable_list backward(AutogradContext* context, const variable_list& upstream) {
    return {context->get_saved_variables()[0] * upstream[0], Tensor(), Tensor()};
  }
};

}  // namespace

LossSum distillation(const Tensor& student, const Tensor& teacher, double temperature) {
  const Tensor sum = DistillationFunction::apply(student, teacher.detach(), temperature);
  return {sum, static_cast<double>(student.numel() / student.size(1))};
}

LossSum mean_of_distillations(const Tensor& student, const Tensor& members, double temperature) {
  LossSum mean;
  const int64_t count = members.size(-1);
  for (int64_t m = 0; m < count; ++m) {
    const LossSum loss = distillation(student, members.select(-1, m), temperature);
    mean.sum = mean.sum.defined() ? mean.sum + loss.sum : loss.sum;
    mean.count = loss.count;
  }
  mean.sum = mean.sum / static_cast<double>(count);
  return mean;
}

LossSum mean_of_block_distillations(const Tensor& student, const Tensor& teacher,
                                    const std::vector<std::vector<int64_t>>& blocks,
                                    double temperature) {
  LossSum mean;
  int64_t first = 0;
  for (const std::vector<int64_t>& block : blocks) {
    const auto size = static_cast<int64_t>(block.size());
    const LossSum loss = distillation(at::index_select(student, 1, at::tensor(block, at::kLong)),
                                      teacher.narrow(1, first, size), temperature);
    mean.sum = mean.sum.defined() ? mean.sum + loss.sum : loss.sum;
    mean.count = loss.count;
    first += size;
  }
  mean.sum = mean.sum / static_cast<double>(blocks.size());
  return mean;
}

}  // namespace retort
