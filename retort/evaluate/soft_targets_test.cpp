#include "retort/evaluate/soft_targets.hpp"

#include <ATen/TensorOperators.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/log.h>
#include <ATen/ops/softmax.h>
#include <ATen/ops/tensor.h>
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <random>

#include "retort/data/images_for_tests.hpp"
#include "tests/golden/golden.hpp"

namespace retort {
namespace {

using testing::DoubleNear;
using testing::ElementsAre;
using testing::HasSubstr;

// Answers whose softmax at T = 1 is what is given.
Answers answers_with(const std::vector<double>& probabilities, std::vector<int64_t> labels) {
  const auto rows = static_cast<int64_t>(labels.size());
  return {at::log(at::tensor(probabilities, at::kDouble)).reshape({rows, -1}),
          at::tensor(labels, at::kLong)};
}

Answers answers_of_logits(const std::vector<double>& logits, std::vector<int64_t> labels) {
  const auto rows = static_cast<int64_t>(labels.size());
  return {at::tensor(logits, at::kDouble).reshape({rows, -1}), at::tensor(labels, at::kLong)};
}

TEST(SoftTargets, ByHand) {
  const Answers answers = answers_with({0.5, 0.25, 0.25, 0.125, 0.75, 0.125}, {0, 1});
  const TemperatureStatistics one = soft_targets_at(answers, 1).statistics;
  const double first = 1.5, second = 0.75 * std::log2(4.0 / 3) + 0.25 * 3;
  EXPECT_NEAR(one.entropy_bits, (first + second) / 2, 1e-12);
  EXPECT_NEAR(one.entropy_share, (first + second) / 2 / std::log2(3), 1e-12);
  EXPECT_NEAR(one.off_top, (0.5 + 0.25) / 2, 1e-12);
  EXPECT_NEAR(one.spread, (0.25 + 0.625) / 2, 1e-12);
  EXPECT_EQ(one.bits_beyond_class, 0) << "one image a class is the mean of its class";
  // At T = 2 p is the square root, normalised.
  const TemperatureStatistics two = soft_targets_at(answers, 2).statistics;
  const double largest = std::sqrt(0.5) / (std::sqrt(0.5) + 1);
  const double other = std::sqrt(0.75) / (std::sqrt(0.75) + 2 * std::sqrt(0.125));
  EXPECT_NEAR(two.off_top, 1 - (largest + other) / 2, 1e-12);
}

TEST(SoftTargets, SimilarityIsTheMeanByLabel) {
  const Answers answers =
      answers_with({0.8, 0.1, 0.1, 0.6, 0.3, 0.1, 0.25, 0.5, 0.25, 0.1, 0.1, 0.8}, {0, 0, 1, -1});
  const SoftTargetsAt at_one = soft_targets_at(answers, 1);
  ASSERT_EQ(at_one.similarity.size(), 3);
  EXPECT_THAT(at_one.similarity[0],
              ElementsAre(DoubleNear(0.7, 1e-12), DoubleNear(0.2, 1e-12), DoubleNear(0.1, 1e-12)));
  EXPECT_THAT(at_one.similarity[2], ElementsAre(0, 0, 0)) << "a class without images";
  // The mean divergence from the mean of the class, written out.
  const double first =
      0.8 * std::log2(0.8 / 0.7) + 0.1 * std::log2(0.1 / 0.2) + 0.1 * std::log2(1.0);
  const double second = 0.6 * std::log2(0.6 / 0.7) + 0.3 * std::log2(0.3 / 0.2);
  EXPECT_NEAR(at_one.statistics.bits_beyond_class, (first + second) / 3, 1e-12);
}

TEST(SoftTargets, GradientSharesByHand) {
  // g_0 = .5 sqrt(.25 + .125), g_1 = g_2 = .25 sqrt(.5625 + .3125)
  const double top = 0.5 * std::sqrt(0.375), other = 0.25 * std::sqrt(0.875);
  const SoftTargetsAt found = soft_targets_at(answers_with({0.5, 0.25, 0.25}, {0}), 1);
  EXPECT_NEAR(found.statistics.negative_share, 2 * other / (top + 2 * other), 1e-12);
  EXPECT_EQ(found.far_labels, 0);
  EXPECT_EQ(found.statistics.far_share, 0);
}

TEST(SoftTargets, FarIsMoreThanADeviationBelowTheMean) {
  // Mean 0, deviation sqrt(17.5) = 4.18.
  const Answers answers = answers_of_logits({7, 1, -4, -4}, {0});
  EXPECT_EQ(soft_targets_at(answers, 1).far_labels, 0);
  // Mean 0, deviation sqrt(18.5) = 4.30: one is far. So hot that every label counts alike.
  const SoftTargetsAt found = soft_targets_at(answers_of_logits({7, 0, -2, -5}, {0}), 1e6);
  EXPECT_EQ(found.far_labels, 1);
  EXPECT_NEAR(found.statistics.far_share, 0.25, 1e-5);
  EXPECT_NEAR(found.statistics.negative_share, 0.75, 1e-5);
}

// The closed form against the gradient of the loss, T (softmax(z / T) - softmax(t / T)), of
// students whose logits z are off by small independent normal errors: the share of its mean size.
TEST(SoftTargets, GradientSharesAreThoseOfTheLoss) {
  const Tensor teacher = at::tensor({6.0, 3.0, 1.0, -1.0, -5.0}, at::kDouble).reshape({1, 5});
  constexpr int64_t students = 20000;
  std::mt19937 generator(1);
  std::normal_distribution<double> normal(0, 1e-4);
  Tensor errors = at::empty({students, 5}, at::kDouble);
  for (int64_t i = 0; i < errors.numel(); ++i) errors.data_ptr<double>()[i] = normal(generator);
  for (const double temperature : {1.0, 4.0, 20.0}) {
    const Tensor gradient =
        at::softmax((teacher + errors) / temperature, 1) - at::softmax(teacher / temperature, 1);
    const Tensor sizes = gradient.abs().mean(0);
    const double all = sizes.sum().item<double>();
    const TemperatureStatistics found =
        soft_targets_at({teacher, at::tensor({0}, at::kLong)}, temperature).statistics;
    EXPECT_NEAR(found.negative_share, 1 - sizes[0].item<double>() / all, 0.005) << temperature;
    const double far = sizes[4].item<double>() / all;
    EXPECT_NEAR(found.far_share, far, 0.03 * far) << temperature;
  }
}

TEST(SoftTargets, NothingIsLostWhereATargetIsAlmostHard) {
  // Two classes hold the same beside the answer, a third far less.
  const Answers answers = answers_of_logits({0, -40, -40, -400}, {0});
  for (const double temperature : {1e-3, 0.1, 1.0}) {
    const TemperatureStatistics found = soft_targets_at(answers, temperature).statistics;
    // g_0 ~ sqrt((2u)^2 + 2u^2), g_1 = g_2 ~ u sqrt(2), as u goes to 0
    EXPECT_NEAR(found.negative_share, 2 * std::sqrt(2) / (2 * std::sqrt(2) + std::sqrt(6)), 1e-6);
    EXPECT_GE(found.entropy_bits, 0);
  }
  const double u = std::exp(-40);
  EXPECT_NEAR(soft_targets_at(answers, 1).statistics.off_top / (2 * u), 1, 1e-9);
}

TEST(SoftTargets, BoundsHoldAtEveryTemperature) {
  const Answers answers{golden::pattern(5, {200, 7}, -30, 30), golden::labels(6, {200}, 7)};
  double before = 0;
  for (const double temperature : {1e-4, 0.1, 1.0, 5.0, 50.0, 1e4, 1e6}) {
    const TemperatureStatistics found = soft_targets_at(answers, temperature).statistics;
    EXPECT_GE(found.entropy_share, before) << "entropy rises with T";
    EXPECT_LE(found.entropy_share, 1 + 1e-12);
    EXPECT_GE(found.negative_share, 0.5 - 1e-12);
    EXPECT_LE(found.negative_share, 6.0 / 7 + 1e-6);
    EXPECT_GE(found.bits_beyond_class, 0);
    before = found.entropy_share;
  }
}

TEST(SoftTargets, BlocksAddUp) {
  const Answers once{golden::pattern(5, {5, 1024}, -3, 3), golden::labels(6, {5}, 1024)};
  // 1500 rows of 1024 classes: more than one block.
  const Answers often{once.logits.repeat({300, 1}), once.labels.repeat({300})};
  const SoftTargetsAt one = soft_targets_at(once, 2), many = soft_targets_at(often, 2);
  EXPECT_NEAR(many.statistics.entropy_bits, one.statistics.entropy_bits, 1e-9);
  EXPECT_NEAR(many.statistics.far_share, one.statistics.far_share, 1e-9);
  const auto label = static_cast<size_t>(once.labels[0].item<int64_t>());
  EXPECT_NEAR(many.similarity[label][3], one.similarity[label][3], 1e-12);
}

TEST(SoftTargets, RefusesWhatHasNone) {
  EXPECT_THROW(soft_targets_at(answers_of_logits({1, 2}, {0, 0}), 1), Error) << "one class";
  EXPECT_THROW(soft_targets_at(answers_of_logits({1, NAN}, {0}), 1), Error);
  EXPECT_THROW(soft_targets_at(answers_of_logits({1, INFINITY}, {0}), 1), Error);
}

// Logits of a net trained on MNIST, against numpy (tools/golden/soft_targets.py).
TEST(SoftTargets, AgreeWithNumpy) {
  const Safetensors logits = golden::file("mnist_logits.safetensors");
  const Safetensors expected = golden::file("soft_targets.safetensors");
  const Answers answers{logits.tensors.at("teacher"), logits.tensors.at("labels")};
  for (const double temperature : {0.5, 1.0, 4.0, 20.0, 1000.0}) {
    const SoftTargetsAt found = soft_targets_at(answers, temperature);
    const TemperatureStatistics& one = found.statistics;
    const std::string name = fmt::format("T{:g}/", temperature);
    golden::expect_value(expected, name + "entropy_bits", one.entropy_bits, 1e-9);
    golden::expect_value(expected, name + "off_top", one.off_top, 1e-9);
    golden::expect_value(expected, name + "spread", one.spread, 1e-9);
    golden::expect_value(expected, name + "bits_beyond_class", one.bits_beyond_class, 1e-7);
    golden::expect_value(expected, name + "negative_share", one.negative_share, 1e-9);
    golden::expect_value(expected, name + "far_share", one.far_share, 1e-9);
    golden::expect_value(expected, name + "far_labels", found.far_labels, 1e-9);
    const Tensor similarity = expected.tensors.at(name + "similarity").contiguous();
    for (int64_t i = 0; i < similarity.numel(); ++i) {
      EXPECT_NEAR(found.similarity[static_cast<size_t>(i / 10)][static_cast<size_t>(i % 10)],
                  similarity.data_ptr<double>()[i], 1e-12);
    }
  }
  const std::vector<TellingPair> pairs = telling_pairs(answers);
  EXPECT_EQ(pairs.size(), 9) << "one class has none";
  for (const TellingPair& pair : pairs) {
    const Tensor row = expected.tensors.at("pairs")[pair.label].contiguous();
    const int64_t* numbers = row.data_ptr<int64_t>();
    EXPECT_THAT((std::vector<int64_t>{pair.first.index, pair.first_favours, pair.second.index,
                                      pair.second_favours}),
                ElementsAre(numbers[0], numbers[1], numbers[2], numbers[3]));
  }
}

TEST(SoftTargetsOf, HoldsWhatIsAskedAndTheCurves) {
  const test::NumberedImages images({0, 0, 1, 2}, {1, 1, 2});
  const Answers answers =
      answers_with({0.8, 0.15, 0.05, 0.8, 0.05, 0.15, 0.1, 0.8, 0.1, 0.2, 0.2, 0.6}, {0, 0, 1, 2});
  const SoftTargets targets =
      soft_targets_of(answers, images, {.temperatures = {4, 1, 4, 3.3}, .temperature = 4});
  EXPECT_THAT(targets.temperatures, ElementsAre(1, 3.3, 4));
  EXPECT_EQ(targets.count, 4);
  EXPECT_EQ(targets.similarity_temperature, 4);
  EXPECT_EQ(targets.classes, images.classes());
  ASSERT_NE(targets.at(3.3), nullptr);
  ASSERT_NE(targets.at(100), nullptr) << "for the curves";
  EXPECT_EQ(targets.at(3.4), nullptr);
  EXPECT_TRUE(targets.typical);
  ASSERT_EQ(targets.examples.size(), 1);
  EXPECT_EQ(targets.examples[0].index, typical_image(answers));
  EXPECT_EQ(targets.examples[0].pixels.size(), 2);
  ASSERT_EQ(targets.pairs.size(), 1);
  EXPECT_EQ(targets.pairs[0].second.index, 1);
  EXPECT_NEAR(targets.pairs[0].second.probabilities[0][2], 0.15, 1e-12);
  EXPECT_NEAR(targets.pairs[0].second.entropy_bits[0],
              -(0.8 * std::log2(0.8) + 0.05 * std::log2(0.05) + 0.15 * std::log2(0.15)), 1e-12);
  const SoftTargets asked = soft_targets_of(answers, images, {.temperatures = {1}, .images = {3}});
  EXPECT_FALSE(asked.typical);
  EXPECT_EQ(asked.examples[0].label, 2);
  EXPECT_EQ(asked.examples[0].answer, 2);
}

TEST(TellingPairs, AreTheTwoThatFavourOtherClassesMost) {
  const Answers answers = answers_with(
      {
          0.60, 0.30, 0.06, 0.04,  // 0 favours 1 by 0.24
          0.55, 0.35, 0.05, 0.05,  // 1 favours 1 by 0.30
          0.70, 0.05, 0.20, 0.05,  // 2 favours 2 by 0.15
          0.60, 0.10, 0.12, 0.18,  // 3 favours 3 by 0.06
          0.05, 0.05, 0.80, 0.10,  // 4: the model is wrong
          0.30, 0.50, 0.10, 0.10,  // 5: the only one of class 1
      },
      {0, 0, 0, 0, 0, 1});
  const std::vector<TellingPair> pairs = telling_pairs(answers);
  ASSERT_EQ(pairs.size(), 1) << "class 1 has one image, 2 and 3 none";
  EXPECT_EQ(pairs[0].label, 0);
  EXPECT_EQ(pairs[0].first.index, 1);
  EXPECT_EQ(pairs[0].first_favours, 1);
  EXPECT_EQ(pairs[0].second.index, 2);
  EXPECT_EQ(pairs[0].second_favours, 2);
  EXPECT_NEAR(pairs[0].lead, 0.15, 1e-12);
}

TEST(TellingPairs, TheLargestLeadComesFirst) {
  const Answers answers = answers_with({0.8, 0.15, 0.05, 0.8, 0.05, 0.15,  //
                                        0.3, 0.6, 0.1, 0.05, 0.6, 0.35},
                                       {0, 0, 1, 1});
  const std::vector<TellingPair> pairs = telling_pairs(answers);
  ASSERT_EQ(pairs.size(), 2);
  EXPECT_EQ(pairs[0].label, 1);
  EXPECT_NEAR(pairs[0].lead, 0.2, 1e-12);
  EXPECT_NEAR(pairs[1].lead, 0.1, 1e-12);
}

TEST(TellingPairs, NeedThreeClasses) {
  EXPECT_TRUE(telling_pairs(answers_with({0.9, 0.1, 0.8, 0.2}, {0, 0})).empty());
}

TEST(TypicalImage, IsTheMedianOfThoseThatAreRight) {
  const Answers answers =
      answers_with({0.9, 0.1, 0.6, 0.4, 0.8, 0.2, 0.7, 0.3, 0.99, 0.01}, {0, 0, 0, 1, 1});
  EXPECT_EQ(typical_image(answers), 2) << "right are 0.9, 0.6 and 0.8";
  EXPECT_EQ(typical_image(answers_with({0.9, 0.1}, {1})), 0);
}

TEST(PointlessTemperature, SaysWhichWayToGo) {
  EXPECT_THAT(
      pointless_temperature({.temperature = 0.5, .entropy_share = 0.006, .spread = 0.99}, 10),
      HasSubstr("raise the temperature"));
  EXPECT_THAT(pointless_temperature({.temperature = 1e4, .entropy_share = 1, .spread = 2e-4}, 10),
              HasSubstr("lower the temperature"));
  EXPECT_EQ(pointless_temperature({.temperature = 4, .entropy_share = 0.45, .spread = 0.7}, 10),
            "");
  EXPECT_EQ(pointless_temperature({.temperature = 100, .entropy_share = 0.999, .spread = 0.02}, 10),
            "");
}

}  // namespace
}  // namespace retort
