#include "retort/objective/losses/cross_entropy.hpp"

#include <ATen/TensorOperators.h>
#include <ATen/ops/cat.h>
#include <ATen/ops/full.h>
#include <ATen/ops/full_like.h>
#include <ATen/ops/index_select.h>
#include <ATen/ops/rand.h>
#include <ATen/ops/remainder.h>
#include <ATen/ops/tensor.h>
#include <gtest/gtest.h>

#include "tests/golden/losses.hpp"

namespace retort {
namespace {

using golden::LossAndGradient;
using golden::student_logits;
using golden::with_gradient;

LossAndGradient evaluated(const Tensor& logits, const Tensor& targets, double smoothing = 0) {
  return with_gradient([&](const Tensor& leaf) { return cross_entropy(leaf, targets, smoothing); },
                       logits);
}

Shape target_shape(Shape shape) {
  shape.erase(shape.begin() + 1);
  return shape;
}

Tensor targets_of(const Shape& shape) {
  return golden::labels(3, target_shape(shape), shape[1]);
}

// Every third label, from the second on, taken away.
Tensor some_missing(Tensor targets) {
  auto* values = targets.data_ptr<int64_t>();
  for (int64_t i = 1; i < targets.numel(); i += 3) values[i] = -1;
  return targets;
}

TEST(CrossEntropy, EqualsPyTorch) {
  const Safetensors golden = golden::file("losses.safetensors");
  for (const auto& [type, tolerance] : {std::pair{at::kDouble, 1e-12}, {at::kFloat, 1e-5}}) {
    for (const Shape& shape : golden::loss_shapes) {
      for (const double smoothing : {0.0, 0.1}) {
        for (const std::string kind : {"all", "some"}) {
          Tensor targets = targets_of(shape);
          if (kind == "some") targets = some_missing(targets);
          const LossAndGradient result =
              evaluated(student_logits(shape).to(type), targets, smoothing);
          const std::string name =
              fmt::format("cross_entropy/{}/smoothing{:g}/{}", shape_text(shape), smoothing, kind);
          golden::expect_value(golden, name + "/sum", result.sum, tolerance);
          golden::expect_digest(golden, name + "/gradient", result.gradient, tolerance);
          EXPECT_EQ(result.count, golden.tensors.at(name + "/count").item<double>()) << name;
        }
      }
    }
  }
}

TEST(CrossEntropy, GradientIsThatOfFiniteDifferences) {
  for (const Shape& shape : {Shape{1, 2}, Shape{3, 10}, Shape{2, 5, 3, 4}}) {
    for (const double smoothing : {0.0, 0.1}) {
      const Tensor targets = some_missing(targets_of(shape));
      const golden::Loss loss = [&](const Tensor& logits) {
        return cross_entropy(logits, targets, smoothing);
      };
      const Tensor gradient = with_gradient(loss, student_logits(shape)).gradient;
      const Tensor differences = golden::finite_differences(loss, student_logits(shape));
      EXPECT_LT(golden::relative_difference(gradient, differences), 1e-6) << shape_text(shape);
    }
  }
}

TEST(CrossEntropy, OfUniformLogitsIsTheLogarithmOfTheClasses) {
  for (const int64_t classes : {2, 10, 1000}) {
    const Tensor logits = at::full_like(student_logits({4, classes}), 3.0);
    for (const double smoothing : {0.0, 0.1}) {
      const LossAndGradient result = evaluated(logits, golden::labels(3, {4}, classes), smoothing);
      EXPECT_NEAR(result.sum / result.count, std::log(classes), 1e-12);
    }
  }
}

TEST(CrossEntropy, DoesNotSeeAConstantAddedToTheLogits) {
  const Shape shape = {16, 10};
  const Tensor shift = golden::pattern(5, {16, 1}, -100, 100);
  const LossAndGradient plain = evaluated(student_logits(shape), targets_of(shape));
  const LossAndGradient shifted = evaluated(student_logits(shape) + shift, targets_of(shape));
  EXPECT_NEAR(shifted.sum, plain.sum, 1e-10 * plain.sum);
  EXPECT_LT(golden::relative_difference(shifted.gradient, plain.gradient), 1e-10);
}

TEST(CrossEntropy, StaysFiniteAndRightForLogitsOfTenThousand) {
  const Tensor logits = golden::pattern(6, {64, 10}, -1e4, 1e4).to(at::kFloat);
  const Tensor targets = golden::labels(3, {64}, 10);
  for (const double smoothing : {0.0, 0.1}) {
    const LossAndGradient result = evaluated(logits, targets, smoothing);
    EXPECT_TRUE(golden::is_finite(result));
    const LossAndGradient exact = evaluated(logits.to(at::kDouble), targets, smoothing);
    EXPECT_NEAR(result.sum, exact.sum, 1e-5 * exact.sum);
  }
}

TEST(CrossEntropy, WithoutAnyLabelIsZeroOfZero) {
  const Tensor none = at::full_like(golden::labels(3, {5}, 10), -1);
  for (const double smoothing : {0.0, 0.1}) {
    const LossAndGradient result = evaluated(student_logits({5, 10}), none, smoothing);
    EXPECT_EQ(result.sum, 0);
    EXPECT_EQ(result.count, 0);
    EXPECT_EQ(golden::flat(result.gradient).abs().max().item<double>(), 0);
  }
}

TEST(CrossEntropy, ShardsAddUpToTheWholeBatch) {
  const Tensor logits = student_logits({11, 10});
  const Tensor targets = some_missing(targets_of({11, 10}));
  const LossAndGradient whole = evaluated(logits, targets, 0.1);
  const LossAndGradient head = evaluated(logits.narrow(0, 0, 3), targets.narrow(0, 0, 3), 0.1);
  const LossAndGradient tail = evaluated(logits.narrow(0, 3, 8), targets.narrow(0, 3, 8), 0.1);
  EXPECT_NEAR(head.sum + tail.sum, whole.sum, 1e-12 * whole.sum);
  EXPECT_EQ(head.count + tail.count, whole.count);
  EXPECT_LT(golden::relative_difference(at::cat({head.gradient, tail.gradient}), whole.gradient),
            1e-12);
}

TEST(MixedCrossEntropy, IsTheWeightedSumOfBothLabels) {
  const Shape shape = {6, 5};
  const Tensor logits = student_logits(shape), first = targets_of(shape);
  const Tensor second = at::remainder(first + 2, 5), share = at::rand({6}, at::kDouble);
  for (const double smoothing : {0.0, 0.1}) {
    double wanted = 0;
    for (int64_t i = 0; i < 6; ++i) {
      const double own = share[i].item<double>();
      const auto one = [&](const Tensor& labels) {
        return cross_entropy(logits.narrow(0, i, 1), labels.narrow(0, i, 1), smoothing)
            .sum.item<double>();
      };
      wanted += own * one(first) + (1 - own) * one(second);
    }
    const LossSum mixed = mixed_cross_entropy(logits, first, second, share, smoothing);
    EXPECT_NEAR(mixed.sum.item<double>(), wanted, 1e-12);
    EXPECT_EQ(mixed.count, 6);
  }
}

TEST(MixedCrossEntropy, CountsSamplesThatHaveBothLabels) {
  const Shape shape = {6, 5};
  const Tensor logits = student_logits(shape), first = some_missing(targets_of(shape));
  const Tensor second = targets_of(shape).roll(1).clone();
  second[0] = -1;
  const Tensor share = at::full({6}, 0.25, at::kDouble);
  const LossSum some = mixed_cross_entropy(logits, first, second, share);
  EXPECT_EQ(some.count, 3) << "labels 1 and 4 of the first are missing, 0 of the second";
  const Tensor kept = at::tensor({2, 3, 5}, at::kLong);
  const auto rows = [&](const Tensor& all) { return at::index_select(all, 0, kept); };
  const LossSum alone = mixed_cross_entropy(rows(logits), rows(first), rows(second), rows(share));
  EXPECT_NEAR(some.sum.item<double>(), alone.sum.item<double>(), 1e-12);
}

}  // namespace
}  // namespace retort
