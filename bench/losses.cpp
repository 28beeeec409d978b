// The losses, forward and backward, beside a plain log-softmax of the same logits.
#include <ATen/TensorOperators.h>
#include <ATen/ops/log_softmax.h>
#include <ATen/ops/randint.h>
#include <ATen/ops/randn.h>
#include <benchmark/benchmark.h>

#include "retort/objective/losses/cross_entropy.hpp"
#include "retort/objective/losses/distillation.hpp"

namespace {

using retort::Tensor;

Tensor logits_of(const benchmark::State& state) {
  return at::randn({state.range(0), state.range(1)});
}

template <class Loss>
void with_backward(benchmark::State& state, Loss loss) {
  const Tensor student = logits_of(state);
  student.requires_grad_(true);
  for ([[maybe_unused]] const auto& unused : state) {
    loss(student).backward();
    student.mutable_grad().reset();
  }
  state.SetItemsProcessed(state.iterations() * state.range(0));
}

void distillation(benchmark::State& state) {
  const Tensor teacher = logits_of(state);
  with_backward(
      state, [&](const Tensor& student) { return retort::distillation(student, teacher, 4).sum; });
}

void cross_entropy(benchmark::State& state) {
  const Tensor targets = at::randint(state.range(1), {state.range(0)}, at::kLong);
  with_backward(state,
                [&](const Tensor& student) { return retort::cross_entropy(student, targets).sum; });
}

void log_softmax(benchmark::State& state) {
  with_backward(state, [](const Tensor& student) { return at::log_softmax(student, 1).sum(); });
}

void sizes(benchmark::internal::Benchmark* one) {
  one->Args({128, 10})->Args({128, 100})->Args({128, 1000});
}

BENCHMARK(distillation)->Apply(sizes);
BENCHMARK(cross_entropy)->Apply(sizes);
BENCHMARK(log_softmax)->Apply(sizes);

}  // namespace
