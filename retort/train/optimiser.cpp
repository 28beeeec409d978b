#include "retort/train/optimiser.hpp"

#include <ATen/TensorOperators.h>
#include <ATen/core/grad_mode.h>
#include <ATen/ops/_foreach_add.h>
#include <ATen/ops/_foreach_mul.h>
#include <ATen/ops/_foreach_norm.h>
#include <ATen/ops/_fused_adam.h>
#include <ATen/ops/_fused_adamw.h>
#include <ATen/ops/_fused_sgd.h>
#include <ATen/ops/linalg_vector_norm.h>
#include <ATen/ops/stack.h>
#include <ATen/ops/zeros.h>
#include <ATen/ops/zeros_like.h>
#include <fmt/format.h>

#include <numeric>

namespace retort {
namespace {

void describe_adam(FieldVisitor& visitor, double& beta1, double& beta2, double& epsilon) {
  visitor.visit({.name = "beta1",
                 .help = "how much of the mean gradient is kept at a step",
                 .range = Range::between(0, 0.9999999)},
                beta1);
  visitor.visit({.name = "beta2",
                 .help = "how much of the mean squared gradient is kept at a step",
                 .range = Range::between(0, 0.9999999)},
                beta2);
  visitor.visit({.name = "epsilon",
                 .help = "added to the root of the mean squared gradient",
                 .range = Range::above(0)},
                epsilon);
}

std::vector<Tensor> gradients_of(const std::vector<Parameter>& parameters) {
  std::vector<Tensor> gradients;
  for (const Parameter& parameter : parameters) {
    if (parameter.value.grad().defined()) gradients.push_back(parameter.value.grad());
  }
  return gradients;
}

}  // namespace

double norm_of(const std::vector<Tensor>& tensors) {
  if (tensors.empty()) return 0;
  const at::NoGradGuard no_gradient;
  return at::linalg_vector_norm(at::stack(at::_foreach_norm(tensors))).item<double>();
}

void Sgd::describe(FieldVisitor& visitor) {
  visitor.visit({.name = "momentum",
                 .help = "how much of the last step is added to the next",
                 .range = Range::between(0, 1)},
                momentum);
  visitor.visit({.name = "nesterov", .help = "look ahead along the momentum"}, nesterov);
}

void Adam::describe(FieldVisitor& visitor) {
  describe_adam(visitor, beta1, beta2, epsilon);
}

void AdamW::describe(FieldVisitor& visitor) {
  describe_adam(visitor, beta1, beta2, epsilon);
}

Optimiser::Optimiser(OptimiserKind kind, std::vector<Parameter> parameters, double weight_decay)
    : kind_(kind), parameters_(std::move(parameters)), steps_done_(at::zeros({}, at::kLong)) {
  const Sgd* sgd = std::get_if<Sgd>(&kind_);
  for (const bool decays : {true, false}) {
    Group group;
    group.weight_decay = decays ? weight_decay : 0;
    for (const Parameter& parameter : parameters_) {
      if (parameter.decays != decays) continue;
      group.names.push_back(parameter.name);
      group.values.push_back(parameter.value);
      if (sgd != nullptr && sgd->momentum == 0) continue;
      group.first_moments.push_back(at::zeros_like(parameter.value));
      if (sgd != nullptr) continue;
      group.second_moments.push_back(at::zeros_like(parameter.value));
      group.steps.push_back(at::zeros({}, at::kFloat));
    }
    if (!group.values.empty()) groups_.push_back(std::move(group));
  }
}

void Optimiser::step(double learning_rate) {
  const at::NoGradGuard no_gradient;
  for (Group& group : groups_) step_group(group, learning_rate);
  steps_done_.add_(1);
}

void Optimiser::step_group(Group& group, double learning_rate) {
  std::vector<Tensor> gradients;
  for (const Tensor& value : group.values) {
    gradients.push_back(value.grad().defined() ? value.grad() : at::zeros_like(value));
  }
  if (const Sgd* sgd = std::get_if<Sgd>(&kind_)) {
    at::_fused_sgd_(group.values, gradients, group.first_moments, group.weight_decay, sgd->momentum,
                    learning_rate, /*dampening=*/0, sgd->nesterov,
                    /*maximize=*/false, /*is_first_step=*/steps_done_.item<int64_t>() == 0);
    return;
  }
  at::_foreach_add_(group.steps, 1);
  const auto fused = [&](const auto& adam, auto step_function) {
    step_function(group.values, gradients, group.first_moments, group.second_moments, {},
                  group.steps, learning_rate, adam.beta1, adam.beta2, group.weight_decay,
                  adam.epsilon, /*amsgrad=*/false, /*maximize=*/false, {}, {});
  };
  using Step = void (*)(at::TensorList, at::TensorList, at::TensorList, at::TensorList,
                        at::TensorList, at::TensorList, double, double, double, double, double,
                        bool, bool, const std::optional<Tensor>&, const std::optional<Tensor>&);
  if (const Adam* adam = std::get_if<Adam>(&kind_)) fused(*adam, Step{at::_fused_adam_});
  if (const AdamW* adamw = std::get_if<AdamW>(&kind_)) fused(*adamw, Step{at::_fused_adamw_});
}

NamedTensors Optimiser::state() const {
  NamedTensors state = {{"steps_done", steps_done_}};
  for (const Group& group : groups_) {
    const auto add = [&](std::string_view what, const std::vector<Tensor>& tensors) {
      for (size_t i = 0; i < tensors.size(); ++i) {
        state.set(fmt::format("{}/{}", what, group.names[i]), tensors[i]);
      }
    };
    add("first_moment", group.first_moments);
    add("second_moment", group.second_moments);
    add("steps", group.steps);
  }
  return state;
}

void Optimiser::load_state(const NamedTensors& state) {
  copy_values(state, this->state());
}

void Optimiser::clear_gradients() {
  for (Parameter& parameter : parameters_) parameter.value.mutable_grad().reset();
}

void Optimiser::clip_gradients(double norm) {
  const at::NoGradGuard no_gradient;
  const double before = norm_of(gradients_of(parameters_));
  if (before > norm) at::_foreach_mul_(gradients_of(parameters_), norm / before);
}

double gradient_norm(const std::vector<Parameter>& parameters) {
  return norm_of(gradients_of(parameters));
}

void limit_norms(const std::vector<Parameter>& parameters, double norm) {
  const at::NoGradGuard no_gradient;
  for (const Parameter& parameter : parameters) {
    if (parameter.value.dim() < 2) continue;
    std::vector<int64_t> in_a_row(static_cast<size_t>(parameter.value.dim()) - 1);
    std::iota(in_a_row.begin(), in_a_row.end(), 1);
    const Tensor lengths = at::linalg_vector_norm(parameter.value, 2, in_a_row, /*keepdim=*/true);
    parameter.value.mul_((norm / lengths).clamp_max(1));
  }
}

}  // namespace retort
