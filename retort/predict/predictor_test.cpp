#include "retort/predict/predictor.hpp"

#include <ATen/TensorOperators.h>
#include <ATen/ops/rand.h>
#include <ATen/ops/tensor.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "retort/base/error.hpp"
#include "retort/data/images/resize.hpp"
#include "retort/predict/ensemble.hpp"
#include "tests/golden/training.hpp"

namespace retort {
namespace {

using testing::HasSubstr;

std::shared_ptr<const Predictor> predictor_with(Classes classes) {
  Model model = golden::small_model();
  model.graph.classes = std::move(classes);
  return std::make_shared<NetworkPredictor>(model);
}

const Classes digits = {"0", "1", "2", "3", "4", "5", "6", "7", "8", "9"};
const Classes turned = {"9", "8", "7", "6", "5", "4", "3", "2", "1", "0"};

TEST(NetworkPredictor, AnswersUnderLogitsWhateverTheLastNodeIsCalled) {
  Model model = golden::small_model();
  Graph graph({1, 28, 28});
  graph.flatten("flatten", "input");
  graph.linear("answer", "flatten", 3);
  const NetworkPredictor predictor({graph, initial_weights(graph, 1)});
  const Tensor images = golden::training_batch(0).inputs;
  const NamedTensors values = predictor.predict(images, {"logits", "answer"});
  EXPECT_EQ(values.names(), (Names{"logits", "answer"}));
  EXPECT_TRUE(values.at("logits").equal(values.at("answer")));
  EXPECT_EQ(predictor.outputs().back().name, "answer");
  EXPECT_EQ(predictor.outputs().back().shape, Shape{3});
}

TEST(NetworkPredictor, ResizesImagesAsTheReaderOfPhotographsDoes) {
  for (const auto& [height, width] : {std::pair{5, 9}, {16, 12}, {31, 40}}) {
    Graph graph({2, height, width});
    graph.flatten("flatten", "input");
    const NetworkPredictor predictor({graph, {}});
    const Tensor images = at::rand({3, 2, 16, 12});
    const Tensor seen = predictor.predict(images, {"input"}).at("input");
    for (int64_t i = 0; i < 3; ++i) {
      const Tensor image = images[i].contiguous();
      const std::vector<float> wanted =
          resize_bilinear<float>({image.data_ptr<float>(), static_cast<size_t>(image.numel())},
                                 {2, 16, 12}, height, width);
      const Tensor difference =
          seen[i].flatten() - at::tensor(at::ArrayRef<float>(wanted), at::kFloat);
      EXPECT_LT(difference.abs().max().item<float>(), 1e-5F) << height << "x" << width;
    }
  }
}

TEST(NetworkPredictor, RefusesOtherChannels) {
  const auto plain = predictor_with(digits);
  EXPECT_THROW(plain->predict(at::rand({1, 3, 28, 28}), {"logits"}), Error);
  EXPECT_THROW(plain->predict(at::rand({1, 784}), {"logits"}), Error);
}

TEST(NetworkPredictor, NamesOfTheFileAskTheFrozenNetworkToo) {
  Graph graph({3, 8, 8});
  graph.conv("conv", "input", {.out_channels = 5, .kernel = 3});
  graph.relu("relu", graph.batch_norm("bn", "conv"));
  graph.add_alias("of_file", "relu");
  const NetworkPredictor predictor({graph, initial_weights(graph, 1)}, /*bf16=*/true);
  const Tensor images = at::rand({4, 3, 8, 8});
  const NamedTensors values = predictor.predict(images, {"of_file", "relu"});
  EXPECT_EQ(values.names(), (Names{"of_file", "relu"}));
  EXPECT_TRUE(values.at("of_file").equal(predictor.predict(images, {"relu"}).at("relu")));
  // The whole network, which is asked for what is folded away, computes in fp32.
  EXPECT_FALSE(
      values.at("of_file").equal(predictor.predict(images, {"of_file", "conv"}).at("of_file")));
}

TEST(NetworkPredictor, WithConvolutionsAnswersManyImagesInPartsAndEveryNode) {
  Graph graph({3, 8, 8});
  const std::string conv = graph.conv("conv", "input", {.out_channels = 5, .kernel = 3});
  const std::string relu = graph.relu("relu", graph.batch_norm("bn", conv));
  graph.linear("fc", graph.flatten("flatten", relu), 4);
  const Model model{graph, initial_weights(graph, 1)};
  const NetworkPredictor predictor(model);
  const Tensor images = golden::pattern(1, {130, 3, 8, 8}, 0, 1).to(at::kFloat);
  const Tensor logits = predictor.predict(images, {"logits"}).at("logits");
  ASSERT_EQ(logits.size(0), 130);
  const auto part = [&](int64_t first, int64_t count) {
    return predictor.predict(images.narrow(0, first, count), {"logits"}).at("logits");
  };
  EXPECT_TRUE(logits.narrow(0, 64, 64).equal(part(64, 64)));
  EXPECT_LT(golden::largest_difference(logits.narrow(0, 60, 7), part(60, 7)), 1e-6)
      << "an answer does not depend on its neighbours";
  const NamedTensors expected = Network(model).forward(images, {"conv", "logits"});
  EXPECT_TRUE(predictor.predict(images, {"conv"}).at("conv").equal(expected.at("conv")))
      << "its norm is folded into it otherwise";
  EXPECT_LT(golden::largest_difference(logits, expected.at("logits")), 1e-6);
}

TEST(NetworkPredictor, InBf16OnlyWithConvolutions) {
  EXPECT_EQ(predictor_with(digits)->in_bf16(), nullptr);
  Graph graph({3, 8, 8});
  graph.linear("fc", graph.flatten("flatten", graph.conv("conv", "input", {.out_channels = 9})), 2);
  graph.classes = {"a", "b"};
  const auto plain = std::make_shared<NetworkPredictor>(Model{graph, initial_weights(graph, 1)});
  const Tensor images = golden::pattern(1, {2, 3, 8, 8}, 0, 1).to(at::kFloat);
  const auto check = [&](const std::shared_ptr<const Predictor>& predictor) {
    const auto quicker = predictor->in_bf16();
    ASSERT_NE(quicker, nullptr);
    const Tensor exact = predictor->predict(images, {"logits"}).at("logits");
    const Tensor near = quicker->predict(images, {"logits"}).at("logits");
    EXPECT_EQ(near.scalar_type(), at::kFloat);
    EXPECT_FALSE(near.equal(exact));
    EXPECT_LT(golden::largest_difference(near, exact), 0.02);
    EXPECT_FALSE(quicker->fingerprint() == predictor->fingerprint());
  };
  check(plain);
  check(with_classes(plain, {"b", "a"}, "test"));
  check(ensemble_of({plain, plain}, mean_by_logits));
}

TEST(NetworkPredictor, FingerprintFollowsWeightsAndGraph) {
  const auto plain = predictor_with(digits);
  EXPECT_EQ(plain->fingerprint(), predictor_with(digits)->fingerprint());
  EXPECT_FALSE(plain->fingerprint() == predictor_with(turned)->fingerprint());
  Model other = golden::small_model();
  other.graph.classes = digits;
  other.weights.at("fc1.bias").data_ptr<float>()[0] += 1;
  EXPECT_FALSE(plain->fingerprint() == NetworkPredictor(other).fingerprint());
}

TEST(WithClasses, PutsTheLogitsInTheOrderOfTheNames) {
  const auto plain = predictor_with(turned);
  const auto ordered = with_classes(plain, digits, "model");
  EXPECT_EQ(ordered->classes(), digits);
  const Tensor images = golden::training_batch(0).inputs;
  const Tensor before = plain->predict(images, {"logits"}).at("logits");
  const Tensor after = ordered->predict(images, {"logits"}).at("logits");
  EXPECT_TRUE(after.equal(before.flip(1)));
  EXPECT_EQ(with_classes(plain, turned, "model"), plain) << "nothing to change";
}

TEST(WithClasses, TakesAModelWithoutNamesWhereTheCountFits) {
  const auto unnamed = predictor_with({});
  const auto named = with_classes(unnamed, digits, "model");
  EXPECT_EQ(named->classes(), digits);
  EXPECT_EQ(named->fingerprint(), unnamed->fingerprint());
  const Tensor images = golden::training_batch(0).inputs;
  EXPECT_TRUE(named->predict(images, {"logits"})
                  .at("logits")
                  .equal(unnamed->predict(images, {"logits"}).at("logits")));
  EXPECT_THROW(with_classes(unnamed, {"cat", "dog"}, "model"), Error);
}

TEST(WithClasses, NamesWhatDiffers) {
  Classes others = digits;
  others[3] = "three";
  try {
    with_classes(predictor_with(digits), others, "x.onnx");
    FAIL() << "no error";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ExitCode::usage);
    EXPECT_THAT(error.what(), testing::AllOf(testing::StartsWith("x.onnx"),
                                             HasSubstr("missing in the model: 'three'"),
                                             HasSubstr("unknown to the data: '3'")));
  }
}

}  // namespace
}  // namespace retort
