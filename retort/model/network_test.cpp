#include "retort/model/network.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "retort/base/error.hpp"
#include "tests/golden/golden.hpp"
#include "tests/golden/training.hpp"

namespace retort {
namespace {

using golden::expect_digest;
using golden::expect_value;

constexpr double tolerance = 1e-5;

// Cross-entropy by its definition: the test does not lean on the losses of the house.
Tensor mean_cross_entropy(const Tensor& logits, const Tensor& targets) {
  const Tensor picked = logits.gather(1, targets.unsqueeze(1)).squeeze(1);
  return (logits.logsumexp(1) - picked).mean();
}

TEST(Network, GivesTheValuesOfPyTorchAtEveryNode) {
  const Safetensors golden = golden::file("training.safetensors");
  const Network network(golden::small_model());
  const golden::TrainingBatch batch = golden::training_batch(0);
  const Names nodes = {"flatten", "fc1", "relu1", "fc2", "relu2", "logits"};
  const NamedTensors values = network.forward(batch.inputs, nodes);
  ASSERT_EQ(values.names(), nodes);
  for (const auto& [name, value] : values) {
    expect_digest(golden, "forward/" + name, value, tolerance);
  }
}

TEST(Network, GivesTheGradientsOfPyTorch) {
  const Safetensors golden = golden::file("training.safetensors");
  Network network(golden::small_model());
  network.set_trainable(true);
  golden::TrainingBatch batch = golden::training_batch(0);
  batch.inputs.requires_grad_(true);
  const NamedTensors values = network.forward(batch.inputs, {"logits"});
  const Tensor loss = mean_cross_entropy(values.at("logits"), batch.targets);
  loss.backward();
  expect_value(golden, "forward/loss", loss.item<double>(), tolerance);
  for (const auto& [name, weight] : network.weights()) {
    ASSERT_TRUE(weight.grad().defined()) << name;
    expect_digest(golden, "gradient/" + name, weight.grad(), tolerance);
  }
  expect_digest(golden, "gradient/input", batch.inputs.grad(), tolerance);
}

TEST(Network, NormalisesPixelsFirst) {
  const Safetensors golden = golden::file("training.safetensors");
  Model model = golden::small_model();
  model.graph.normalisation = {{0.1307}, {0.3081}};
  const NamedTensors values =
      Network(model).forward(golden::training_batch(0).inputs, {"logits", "input"});
  expect_digest(golden, "normalised/logits", values.at("logits"), tolerance);
}

TEST(Network, ReturnsWhatWasAskedForInThatOrder) {
  const Network network(golden::small_model());
  const Tensor inputs = golden::training_batch(0).inputs;
  EXPECT_EQ(network.forward(inputs, {"logits", "fc1"}).names(), (Names{"logits", "fc1"}));
  EXPECT_EQ(network.forward(inputs, {}).size(), 0U);
  const NamedTensors input = network.forward(inputs, {"input"});
  EXPECT_EQ(golden::largest_difference(input.at("input"), inputs), 0);
}

TEST(Network, GathersNoGradientUntilToldTo) {
  Network network(golden::small_model());
  const Tensor inputs = golden::training_batch(0).inputs;
  EXPECT_FALSE(network.forward(inputs, {"logits"}).at("logits").requires_grad());
  network.set_trainable(true);
  EXPECT_TRUE(network.forward(inputs, {"logits"}).at("logits").requires_grad());
  network.set_trainable(false);
  EXPECT_FALSE(network.forward(inputs, {"logits"}).at("logits").requires_grad());
}

TEST(Network, ChangesItsBuffersWhileItTrainsAndNeverWhileItAnswers) {
  Graph graph({3, 4, 4});
  graph.batch_norm("bn", "input");
  const Network network({graph, initial_weights(graph, 1)});
  const Tensor inputs = golden::pattern(1, {5, 3, 4, 4}, 1, 2).to(at::kFloat);
  const Tensor& mean = network.weights().at("bn.running_mean");
  const Tensor first = network.forward(inputs, {"bn"}).at("bn");
  EXPECT_TRUE(network.forward(inputs, {"bn"}).at("bn").equal(first));
  EXPECT_EQ(mean.abs().max().item<float>(), 0);
  network.forward(inputs, {"bn"}, {.training = true});
  EXPECT_LT(golden::largest_difference(mean, 0.1 * inputs.mean({0, 2, 3})), 1e-6);
  EXPECT_FALSE(network.forward(inputs, {"bn"}).at("bn").equal(first));
}

TEST(Network, RefusesToTrainANormOnOneValueAChannel) {
  Graph graph({3});
  graph.batch_norm("bn", "input");
  const Network network({graph, initial_weights(graph, 1)});
  const Tensor one = golden::pattern(1, {1, 3}, 1, 2).to(at::kFloat);
  EXPECT_THROW(network.forward(one, {"bn"}, {.training = true}), Error);
  EXPECT_TRUE(network.weights().at("bn.running_var").isfinite().all().item<bool>());
}

TEST(Network, AnswersEverySampleByItself) {
  const Network network(golden::small_model());
  const Tensor inputs = golden::training_batch(0).inputs;
  const Tensor all = network.forward(inputs, {"logits"}).at("logits");
  for (int64_t i = 0; i < inputs.size(0); ++i) {
    const Tensor one = network.forward(inputs.narrow(0, i, 1), {"logits"}).at("logits");
    EXPECT_LT(golden::largest_difference(one, all.narrow(0, i, 1)), 1e-4);
  }
}

TEST(Network, RefusesUnknownNamesAndOtherShapes) {
  const Network network(golden::small_model());
  const Tensor inputs = golden::training_batch(0).inputs;
  const auto message = [&](const Tensor& tensor, const Names& wanted) -> std::string {
    try {
      network.forward(tensor, wanted);
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), ExitCode::model);
      return error.what();
    }
    return "no error";
  };
  EXPECT_THAT(message(inputs, {"logit"}), testing::HasSubstr("did you mean 'logits'?"));
  EXPECT_THAT(message(inputs.reshape({7, 784}), {"logits"}), testing::HasSubstr("[7, 784]"));
  EXPECT_THAT(message(inputs.squeeze(1), {"logits"}), testing::HasSubstr("[N, 1, 28, 28]"));
}

TEST(Network, FindsItsWeightsByNameInAnyOrder) {
  const Model model = golden::small_model();
  Model turned{model.graph, {}};
  Names names = model.weights.names();
  std::reverse(names.begin(), names.end());
  for (const std::string& name : names) turned.weights.set(name, model.weights.at(name));
  const Tensor inputs = golden::training_batch(0).inputs;
  const Tensor expected = Network(model).forward(inputs, {"logits"}).at("logits");
  EXPECT_TRUE(Network(turned).forward(inputs, {"logits"}).at("logits").equal(expected));
}

TEST(Network, RefusesWeightsThatDoNotFit) {
  Model missing = golden::small_model();
  missing.weights.erase("fc2.bias");
  EXPECT_THROW(Network{missing}, Error);
  Model misshapen = golden::small_model();
  misshapen.weights.set("fc2.bias", golden::pattern(1, {17}, 0, 1).to(at::kFloat));
  EXPECT_THROW(Network{misshapen}, Error);
  Model extra = golden::small_model();
  extra.weights.set("fc9.bias", golden::pattern(1, {17}, 0, 1).to(at::kFloat));
  EXPECT_THROW(Network{extra}, Error);
  Model wrong_type = golden::small_model();
  wrong_type.weights.set("fc2.bias", golden::pattern(1, {16}, 0, 1));
  EXPECT_THROW(Network{wrong_type}, Error) << "double weights beside fp32 ones";
}

}  // namespace
}  // namespace retort
