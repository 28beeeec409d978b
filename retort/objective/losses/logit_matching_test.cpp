#include "retort/objective/losses/logit_matching.hpp"

#include <gtest/gtest.h>

#include "retort/objective/losses/distillation.hpp"
#include "tests/golden/losses.hpp"

namespace retort {
namespace {

using golden::LossAndGradient;
using golden::student_logits;
using golden::teacher_logits;
using golden::with_gradient;

LossAndGradient evaluated(const Tensor& student, const Tensor& teacher) {
  return with_gradient([&](const Tensor& logits) { return logit_matching(logits, teacher); },
                       student);
}

TEST(LogitMatching, EqualsPyTorch) {
  const Safetensors golden = golden::file("losses.safetensors");
  for (const auto& [type, tolerance] : {std::pair{at::kDouble, 1e-12}, {at::kFloat, 1e-5}}) {
    for (const Shape& shape : golden::loss_shapes) {
      const Tensor student = student_logits(shape).to(type);
      const LossAndGradient result = evaluated(student, teacher_logits(shape).to(type));
      const std::string name = "logit_matching/" + shape_text(shape);
      golden::expect_value(golden, name + "/sum", result.sum, tolerance);
      golden::expect_digest(golden, name + "/gradient", result.gradient, tolerance);
      EXPECT_EQ(result.count, static_cast<double>(student.numel() / shape[1])) << name;
    }
  }
}

TEST(LogitMatching, IsTheLimitOfDistillationForAHighTemperature) {
  constexpr double temperature = 1000;
  for (const at::ScalarType type : {at::kDouble, at::kFloat}) {
    for (const Shape& shape : golden::loss_shapes) {
      // Logits of the size of 1: what the limit leaves out is of the relative size of logits / T.
      const Tensor student = (student_logits(shape) / 4).to(type);
      const Tensor teacher = (teacher_logits(shape) / 4).to(type);
      const LossAndGradient limit = evaluated(student, teacher);
      const LossAndGradient hot = with_gradient(
          [&](const Tensor& logits) { return distillation(logits, teacher, temperature); },
          student);
      EXPECT_NEAR(hot.sum, limit.sum, 1e-3 * limit.sum) << shape_text(shape) << " " << type;
      EXPECT_LT(golden::relative_difference(hot.gradient, limit.gradient), 1e-3)
          << shape_text(shape) << " " << type;
    }
  }
}

TEST(LogitMatching, GradientIsThatOfFiniteDifferences) {
  const Shape shape = {3, 10};
  const golden::Loss loss = [&](const Tensor& logits) {
    return logit_matching(logits, teacher_logits(shape));
  };
  const Tensor gradient = with_gradient(loss, student_logits(shape)).gradient;
  const Tensor differences = golden::finite_differences(loss, student_logits(shape));
  EXPECT_LT(golden::relative_difference(gradient, differences), 1e-6);
}

TEST(LogitMatching, DoesNotSeeAConstantAddedToTheLogits) {
  const Shape shape = {16, 10};
  const Tensor shift = golden::pattern(5, {16, 1}, -100, 100);
  const LossAndGradient plain = evaluated(student_logits(shape), teacher_logits(shape));
  const LossAndGradient shifted =
      evaluated(student_logits(shape) + shift, teacher_logits(shape) - 3 * shift);
  EXPECT_NEAR(shifted.sum, plain.sum, 1e-10 * plain.sum);
  EXPECT_LT(golden::relative_difference(shifted.gradient, plain.gradient), 1e-10);
}

TEST(LogitMatching, OfEqualLogitsIsExactlyZero) {
  const Tensor logits = student_logits({64, 10}).to(at::kFloat);
  const LossAndGradient result = evaluated(logits, logits);
  EXPECT_EQ(result.sum, 0);
  EXPECT_EQ(golden::flat(result.gradient).abs().max().item<double>(), 0);
}

TEST(LogitMatching, StaysFiniteForLogitsOfTenThousand) {
  const Tensor student = golden::pattern(6, {64, 10}, -1e4, 1e4).to(at::kFloat);
  const Tensor teacher = golden::pattern(7, {64, 10}, -1e4, 1e4).to(at::kFloat);
  EXPECT_TRUE(golden::is_finite(evaluated(student, teacher)));
}

TEST(LogitMatching, GivesTheTeacherNoGradient) {
  const Tensor teacher = teacher_logits({5, 10});
  teacher.requires_grad_(true);
  evaluated(student_logits({5, 10}), teacher);
  EXPECT_FALSE(teacher.grad().defined());
}

TEST(LogitMatching, ShardsAddUpToTheWholeBatch) {
  const Tensor student = student_logits({11, 10});
  const Tensor teacher = teacher_logits({11, 10});
  const LossAndGradient whole = evaluated(student, teacher);
  const LossAndGradient head = evaluated(student.narrow(0, 0, 3), teacher.narrow(0, 0, 3));
  const LossAndGradient tail = evaluated(student.narrow(0, 3, 8), teacher.narrow(0, 3, 8));
  EXPECT_NEAR(head.sum + tail.sum, whole.sum, 1e-12 * whole.sum);
  EXPECT_EQ(head.count + tail.count, whole.count);
}

}  // namespace
}  // namespace retort
