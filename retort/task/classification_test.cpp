#include "retort/task/classification.hpp"

#include <ATen/ops/cat.h>
#include <ATen/ops/log.h>
#include <ATen/ops/tensor.h>
#include <gtest/gtest.h>

#include <cmath>

namespace retort {
namespace {

Tensor labels(std::vector<int64_t> values) {
  return at::tensor(values, at::kLong);
}

// Logits whose softmax is what is given.
Tensor logits_of(const std::vector<double>& probabilities, int64_t classes) {
  return at::log(at::tensor(probabilities, at::kDouble).reshape({-1, classes}));
}

TEST(ClassificationMeter, CountsByHand) {
  ClassificationMeter meter(3);
  meter.add(logits_of({0.7, 0.2, 0.1,    //
                       0.1, 0.3, 0.6,    //
                       0.25, 0.5, 0.25,  //
                       0.2, 0.2, 0.6},
                      3),
            labels({0, 1, 1, -1}));
  const Scores scores = meter.scores();
  EXPECT_EQ(scores.count, 3) << "a sample without a label is left out";
  EXPECT_EQ(scores.errors, 1);
  EXPECT_NEAR(scores.accuracy, 2.0 / 3, 1e-12);
  EXPECT_NEAR(scores.nll, -(std::log(0.7) + std::log(0.3) + std::log(0.5)) / 3, 1e-12);
  EXPECT_EQ(scores.confusion, (std::vector<std::vector<int64_t>>{{1, 0, 0}, {0, 1, 1}, {0, 0, 0}}));
  EXPECT_EQ(scores.class_accuracy, (std::vector<double>{1, 0.5, 0}));
  // Bins of 1/15: 0.5 is in the 8th, 0.6 is the upper edge of the 9th, 0.7 in the 11th.
  EXPECT_NEAR(scores.ece, (std::abs(1 - 0.5) + std::abs(0 - 0.6) + std::abs(1 - 0.7)) / 3, 1e-12);
  ASSERT_EQ(scores.calibration.size(), 15U);
  EXPECT_EQ(scores.calibration[7].count, 1);
  EXPECT_NEAR(scores.calibration[10].confidence, 0.7, 1e-12);
}

TEST(ClassificationMeter, BatchesAddUp) {
  const Tensor logits = logits_of({0.7, 0.3, 0.4, 0.6, 0.9, 0.1}, 2);
  ClassificationMeter whole(2), parts(2);
  whole.add(logits, labels({0, 0, 1}));
  parts.add(logits.narrow(0, 0, 1), labels({0}));
  parts.add(logits.narrow(0, 1, 2), labels({0, 1}));
  EXPECT_EQ(whole.scores().nll, parts.scores().nll);
  EXPECT_EQ(whole.scores().ece, parts.scores().ece);
  EXPECT_EQ(whole.scores().confusion, parts.scores().confusion);
}

TEST(ClassificationMeter, TheFirstOfEqualLogitsIsTheAnswer) {
  ClassificationMeter meter(3);
  meter.add(at::tensor({1.0F, 2.0F, 2.0F}).reshape({1, 3}), labels({1}));
  EXPECT_EQ(meter.scores().errors, 0);
}

TEST(ClassificationMeter, OfNothingIsZero) {
  const Scores scores = ClassificationMeter(3).scores();
  EXPECT_EQ(scores.count, 0);
  EXPECT_EQ(scores.accuracy, 0);
  EXPECT_EQ(scores.ece, 0);
}

}  // namespace
}  // namespace retort
