#include "retort/evaluate/output_bias.hpp"

#include <ATen/ops/log.h>
#include <ATen/ops/tensor.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "retort/base/random.hpp"

namespace retort {
namespace {

using testing::DoubleNear;
using testing::ElementsAre;
using testing::HasSubstr;

const Classes digits = {"zero", "one", "two"};

// Logits of made-up images, spread as wide as a network's are.
Tensor some_logits(int64_t images, int64_t classes) {
  Random random(RandomKey(7, "logits"));
  std::vector<double> values;
  for (int64_t i = 0; i < images * classes; ++i) values.push_back(20 * random.uniform() - 10);
  return at::tensor(values, at::kDouble).reshape({images, classes});
}

std::string usage_error(const std::vector<std::string>& words) {
  try {
    read_prior(words, digits);
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ExitCode::usage);
    return error.what();
  }
  return "no error";
}

TEST(OutputBias, OfOneImageIsTheDifferenceOfTheLogits) {
  // softmax(log(p) + b): with p = (1/2, 1/4, 1/4) and a share of 2/3 for the first class,
  // e^b / 2 : 1 / 2 = 2 : 1, so b = log 2.
  const Tensor logits = at::log(at::tensor({0.5, 0.25, 0.25}, at::kDouble)).reshape({1, 3});
  EXPECT_THAT(fit_biases(logits, {{0, 2.0 / 3}}),
              ElementsAre(DoubleNear(std::log(2), 1e-7), 0.0, 0.0));
}

TEST(OutputBias, GivesTheClassesTheirShares) {
  const Tensor logits = some_logits(500, 5);
  const Prior some = {{1, 0.05}, {4, 0.4}};
  const std::vector<double> biases = fit_biases(logits, some);
  const std::vector<double> means = mean_probabilities(logits, biases);
  EXPECT_NEAR(means[1], 0.05, 1e-8);
  EXPECT_NEAR(means[4], 0.4, 1e-8);
  EXPECT_EQ(biases[0], 0);
  EXPECT_EQ(biases[2], 0);

  const Prior all = {{0, 0.1}, {1, 0.1}, {2, 0.1}, {3, 0.3}, {4, 0.4}};
  const std::vector<double> every = fit_biases(logits, all);
  const std::vector<double> reached = mean_probabilities(logits, every);
  double sum = 0;
  for (const auto& [index, share] : all) {
    EXPECT_NEAR(reached[static_cast<size_t>(index)], share, 1e-8);
    sum += every[static_cast<size_t>(index)];
  }
  EXPECT_NEAR(sum, 0, 1e-9);
}

TEST(OutputBias, FollowsAKnownShift) {
  // Whatever constant was taken from a class comes back, once the prior says how often it is there.
  const Tensor logits = some_logits(300, 4);
  const std::vector<double> means = mean_probabilities(logits, {0, 0, 0, 0});
  Tensor shifted = logits.clone();
  shifted.select(1, 2) -= 6.5;
  EXPECT_NEAR(fit_biases(shifted, {{2, means[2]}})[2], 6.5, 1e-5);
}

TEST(OutputBias, BoundIsTheFewestErrors) {
  // Three images of class 1, at 0.95, 1.95 and 4.95 below class 0, and one of class 0 that is 3
  // above: a bias between 1.95 and 3 gets three of the four right.
  const Tensor logits = at::tensor({0.95, 0.0, 1.95, 0.0, 4.95, 0.0, 3.0, 0.0}).reshape({4, 2});
  const Answers answers{logits, at::tensor(std::vector<int64_t>{1, 1, 1, 0}, at::kLong)};
  const BiasBound bound = best_common_bias(answers, {1});
  EXPECT_EQ(bound.errors, 1);
  EXPECT_GT(bound.bias, 1.95);
  EXPECT_LT(bound.bias, 3);
}

TEST(OutputBias, PriorsAreRead) {
  EXPECT_EQ(read_prior({"two=0.5"}, digits), (Prior{{2, 0.5}}));
  EXPECT_EQ(read_prior({"one=0.25", "zero=0.25", "two=0.5"}, digits),
            (Prior{{1, 0.25}, {0, 0.25}, {2, 0.5}}));
  EXPECT_EQ(read_prior({"uniform"}, {"a", "b"}), (Prior{{0, 0.5}, {1, 0.5}}));
  EXPECT_EQ(read_prior({"a=b=0.5"}, {"a=b", "c"}), (Prior{{0, 0.5}}));
}

TEST(OutputBias, PriorsThatAreNoneAreRefused) {
  EXPECT_THAT(usage_error({"zero=0.5", "one=0.2", "two=0.2"}), HasSubstr("sum to 0.9, wanted 1"));
  EXPECT_THAT(usage_error({"zero=0.5", "one=0.5"}), HasSubstr("sum to 1, wanted less than 1"));
  EXPECT_THAT(usage_error({"tow=0.5"}), HasSubstr("no class \"tow\"; did you mean 'two'?"));
  EXPECT_THAT(usage_error({"two"}), HasSubstr("got \"two\""));
  EXPECT_THAT(usage_error({"two=1.5"}), HasSubstr("got \"two=1.5\""));
  EXPECT_THAT(usage_error({"two=nan"}), HasSubstr("got \"two=nan\""));
  EXPECT_THAT(usage_error({"two=0.1x"}), HasSubstr("got \"two=0.1x\""));
  EXPECT_THAT(usage_error({"two=0.1", "two=0.2"}), HasSubstr("twice"));
  EXPECT_THAT(usage_error({}), HasSubstr("wanted the share"));
}

}  // namespace
}  // namespace retort
