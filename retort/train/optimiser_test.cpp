#include "retort/train/optimiser.hpp"

#include <ATen/TensorOperators.h>
#include <ATen/ops/linalg_vector_norm.h>
#include <gtest/gtest.h>

#include "retort/base/error.hpp"
#include "retort/objective/terms.hpp"
#include "retort/train/trainable.hpp"
#include "tests/golden/training.hpp"

namespace retort {
namespace {

struct Recipe {
  OptimiserKind kind;
  double learning_rate;
  double weight_decay = 0;
};

// The optimisers of tools/golden/training.py.
const std::vector<std::pair<std::string, Recipe>> recipes = {
    {"sgd_plain", {Sgd{.momentum = 0}, 0.02}},
    {"sgd_momentum", {Sgd{.momentum = 0.9}, 0.01}},
    {"sgd_nesterov", {Sgd{.momentum = 0.9, .nesterov = true}, 0.01, 0.1}},
    {"adam", {Adam{}, 2e-3}},
    {"adamw", {AdamW{}, 2e-3, 0.5}},
};

TEST(Optimiser, TakesTheTenStepsOfPyTorch) {
  const Safetensors golden = golden::file("training.safetensors");
  const Objective objective =
      make_objective({{CrossEntropyTerm{.weight = 0.1}},
                      {DistillationTerm{.weight = 0.9, .teacher = "big", .temperature = 4}}});
  for (const auto& [name, recipe] : recipes) {
    SCOPED_TRACE(name);
    TrainableNetwork student(golden::small_model());
    Optimiser optimiser(recipe.kind, student.parameters(), recipe.weight_decay);
    const Tensor losses = golden.tensors.at(name + "/losses");
    for (uint64_t step = 0; step < 10; ++step) {
      const golden::TrainingBatch batch = golden::training_batch(step);
      const Tensor logits = student.forward(batch.inputs, {"logits"}, {}).at("logits");
      const Breakdown breakdown = objective.evaluate({{"student/logits", logits},
                                                      {"target/class", batch.targets},
                                                      {"big/logits", batch.teacher}});
      const double expected = losses.data_ptr<double>()[step];
      EXPECT_NEAR(breakdown.total.item<double>(), expected, 1e-4 * expected) << step;
      optimiser.clear_gradients();
      breakdown.total.backward();
      optimiser.step(recipe.learning_rate);
    }
    for (const auto& [weight, value] : student.model().weights) {
      golden::expect_digest(golden, name + "/" + weight, value, 2e-4);
    }
  }
}

// The weights after some steps of the golden training, with a change of optimisers in between.
NamedTensors weights_after(const Recipe& recipe, uint64_t first_steps, uint64_t more_steps) {
  TrainableNetwork student(golden::small_model());
  const auto take_steps = [&](Optimiser& optimiser, uint64_t begin, uint64_t end) {
    for (uint64_t step = begin; step < end; ++step) {
      const golden::TrainingBatch batch = golden::training_batch(step);
      const Tensor logits = student.forward(batch.inputs, {"logits"}, {}).at("logits");
      optimiser.clear_gradients();
      (logits * batch.teacher).mean().backward();
      optimiser.step(recipe.learning_rate);
    }
  };
  Optimiser first(recipe.kind, student.parameters(), recipe.weight_decay);
  take_steps(first, 0, first_steps);
  Optimiser second(recipe.kind, student.parameters(), recipe.weight_decay);
  if (more_steps > 0) second.load_state(first.state());
  take_steps(second, first_steps, first_steps + more_steps);
  return student.model().weights;
}

TEST(Optimiser, GoesOnFromItsStateBitForBit) {
  for (const auto& [name, recipe] : recipes) {
    SCOPED_TRACE(name);
    const NamedTensors whole = weights_after(recipe, 8, 0);
    for (const uint64_t first_steps : {0, 1, 4}) {
      for (const auto& [weight, value] : weights_after(recipe, first_steps, 8 - first_steps)) {
        EXPECT_TRUE(value.equal(whole.at(weight))) << weight << " after " << first_steps;
      }
    }
  }
}

TEST(Optimiser, RefusesTheStateOfAnotherOne) {
  TrainableNetwork student(golden::small_model());
  const auto fails = [&](const OptimiserKind& from, const OptimiserKind& to) {
    const NamedTensors state = Optimiser(from, student.parameters(), 0).state();
    EXPECT_THROW(Optimiser(to, student.parameters(), 0).load_state(state), Error);
  };
  fails(Sgd{}, Adam{});
  fails(Adam{}, Sgd{});
  fails(Sgd{.momentum = 0}, Sgd{});
}

Parameter parameter_with_gradient(const Shape& shape, double low, double high) {
  Parameter parameter{"w", golden::pattern(1, shape, low, high).to(at::kFloat)};
  parameter.value.requires_grad_(true);
  parameter.value.mutable_grad() = golden::pattern(2, shape, -1, 1).to(at::kFloat);
  return parameter;
}

TEST(Optimiser, ClipsTheNormOfAllGradientsTogether) {
  const std::vector<Parameter> parameters = {parameter_with_gradient({4, 5}, -1, 1),
                                             parameter_with_gradient({7}, -1, 1)};
  Optimiser optimiser(Sgd{}, parameters, 0);
  const auto norm = [&] {
    double squares = 0;
    for (const Parameter& parameter : parameters) {
      squares += golden::flat(parameter.value.grad()).square().sum().item<double>();
    }
    return std::sqrt(squares);
  };
  const double before = norm();
  EXPECT_NEAR(gradient_norm(parameters), before, 1e-6);
  optimiser.clip_gradients(before + 1);
  EXPECT_NEAR(norm(), before, 1e-6) << "a short gradient stays";
  optimiser.clip_gradients(0.25);
  EXPECT_NEAR(norm(), 0.25, 1e-6);
}

TEST(LimitNorms, ShortensOnlyTheRowsThatAreTooLong) {
  const Parameter weight = parameter_with_gradient({3, 4}, 0.5, 1.5);
  Tensor rows = weight.value.detach();
  rows[1].mul_(0.01);
  const Tensor before = rows.clone();
  const Parameter bias = parameter_with_gradient({3}, 50, 60);
  limit_norms({weight, bias}, 1.0);
  EXPECT_NEAR(at::linalg_vector_norm(rows[0]).item<double>(), 1, 1e-6);
  EXPECT_TRUE(rows[1].equal(before[1]));
  EXPECT_LT(golden::largest_difference(rows[2] / rows[2].norm(), before[2] / before[2].norm()),
            1e-6)
      << "the direction stays";
  EXPECT_GT(bias.value.min().item<double>(), 49) << "biases stay";
}

TEST(LimitNorms, ShortensKernelsWhateverTheirLayout) {
  const Tensor kernels = golden::pattern(1, {3, 2, 3, 3}, 0.5, 1.5);
  const Tensor channels_last = kernels.clone(at::MemoryFormat::ChannelsLast);
  limit_norms({{"plain", kernels}, {"channels last", channels_last}}, 1.0);
  EXPECT_NEAR(kernels[2].norm().item<double>(), 1, 1e-6);
  EXPECT_LT(golden::largest_difference(channels_last, kernels), 1e-12);
}

}  // namespace
}  // namespace retort
