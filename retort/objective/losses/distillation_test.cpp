#include "retort/objective/losses/distillation.hpp"

#include <ATen/ops/cat.h>
#include <ATen/ops/flip.h>
#include <ATen/ops/log_softmax.h>
#include <ATen/ops/stack.h>
#include <gtest/gtest.h>

#include <limits>

#include "retort/tensor/mean_of_probabilities.hpp"
#include "tests/golden/losses.hpp"

namespace retort {
namespace {

using golden::LossAndGradient;
using golden::student_logits;
using golden::teacher_logits;
using golden::temperatures;
using golden::with_gradient;

golden::Loss against(const Tensor& teacher, double temperature) {
  return [=](const Tensor& logits) { return distillation(logits, teacher, temperature); };
}

LossAndGradient evaluated(const Tensor& student, const Tensor& teacher, double temperature) {
  return with_gradient(against(teacher, temperature), student);
}

// Every case of the golden file in the given type.
void expect_golden(at::ScalarType type, double value_tolerance, double gradient_tolerance) {
  const Safetensors golden = golden::file("losses.safetensors");
  for (const Shape& shape : golden::loss_shapes) {
    const Tensor student = student_logits(shape).to(type);
    const Tensor teacher = teacher_logits(shape).to(type);
    for (const double temperature : temperatures) {
      const LossAndGradient result = evaluated(student, teacher, temperature);
      const std::string name = fmt::format("distillation/{}/T{:g}", shape_text(shape), temperature);
      golden::expect_value(golden, name + "/sum", result.sum, value_tolerance);
      golden::expect_digest(golden, name + "/gradient", result.gradient, gradient_tolerance);
      EXPECT_EQ(result.count, static_cast<double>(student.numel() / shape[1])) << name;
    }
  }
}

TEST(Distillation, EqualsPyTorchInDouble) {
  expect_golden(at::kDouble, 1e-9, 1e-9);
}

// The textbook difference of logarithms would lose the value at T = 1000: it is 1e-6 of its terms.
TEST(Distillation, EqualsPyTorchInFloatAtAnyTemperature) {
  expect_golden(at::kFloat, 1e-4, 1e-4);
}

TEST(Distillation, GradientIsThatOfFiniteDifferences) {
  for (const Shape& shape : {Shape{1, 2}, Shape{3, 10}, Shape{2, 100}, Shape{2, 5, 3, 4}}) {
    for (const double temperature : {0.5, 1.0, 2.0, 4.0, 20.0}) {
      const golden::Loss loss = against(teacher_logits(shape), temperature);
      const Tensor gradient = with_gradient(loss, student_logits(shape)).gradient;
      const Tensor differences = golden::finite_differences(loss, student_logits(shape));
      EXPECT_LT(golden::relative_difference(gradient, differences), 1e-6)
          << shape_text(shape) << ", T = " << temperature;
    }
  }
}

TEST(Distillation, GradientOfTheMeanIsTheClosedForm) {
  const Shape shape = {64, 10};
  const Tensor student = student_logits(shape);
  const Tensor teacher = teacher_logits(shape);
  for (const double temperature : temperatures) {
    const LossAndGradient result = evaluated(student, teacher, temperature);
    const Tensor p_student = (student / temperature).softmax(1);
    const Tensor p_teacher = (teacher / temperature).softmax(1);
    const Tensor expected = temperature * (p_student - p_teacher) / result.count;
    EXPECT_LT(golden::relative_difference(result.gradient / result.count, expected), 1e-10)
        << temperature;
  }
}

TEST(Distillation, DoesNotSeeAConstantAddedToTheLogits) {
  const Shape shape = {16, 10};
  const Tensor shift = golden::pattern(5, {16, 1}, -100, 100);
  for (const double temperature : temperatures) {
    const LossAndGradient plain =
        evaluated(student_logits(shape), teacher_logits(shape), temperature);
    const LossAndGradient shifted =
        evaluated(student_logits(shape) + shift, teacher_logits(shape) - 3 * shift, temperature);
    EXPECT_NEAR(shifted.sum, plain.sum, 1e-9 * plain.sum) << temperature;
    EXPECT_LT(golden::relative_difference(shifted.gradient, plain.gradient), 1e-9) << temperature;
  }
}

TEST(Distillation, OfEqualLogitsIsExactlyZero) {
  for (const at::ScalarType type : {at::kFloat, at::kDouble}) {
    for (const double scale : {1.0, 1000.0}) {
      for (const double temperature : temperatures) {
        const Tensor logits = (scale * student_logits({64, 10})).to(type);
        const LossAndGradient result = evaluated(logits, logits, temperature);
        EXPECT_EQ(result.sum, 0) << temperature;
        EXPECT_EQ(golden::flat(result.gradient).abs().max().item<double>(), 0) << temperature;
      }
    }
  }
}

TEST(Distillation, IsNeverNegative) {
  for (const double distance : {1e-6, 1e-4, 1e-2}) {
    for (const double temperature : temperatures) {
      const Tensor teacher = teacher_logits({64, 10}).to(at::kFloat);
      const Tensor student = teacher + distance * student_logits({64, 10}).to(at::kFloat);
      EXPECT_GE(evaluated(student, teacher, temperature).sum, 0) << distance << " " << temperature;
    }
  }
}

// The teacher is sure of one class, the student of another: KL at T is 2e4 / T.
TEST(Distillation, IsRightForLogitsOfTenThousand) {
  Tensor student = golden::pattern(1, {1, 3}, 0, 1).to(at::kFloat);
  Tensor teacher = student.clone();
  student.data_ptr<float>()[0] = 1e4F;
  student.data_ptr<float>()[1] = -1e4F;
  teacher.data_ptr<float>()[0] = -1e4F;
  teacher.data_ptr<float>()[1] = 1e4F;
  for (const double temperature : {0.5, 1.0, 2.0, 4.0, 20.0}) {
    const LossAndGradient result = evaluated(student, teacher, temperature);
    EXPECT_TRUE(golden::is_finite(result)) << temperature;
    EXPECT_NEAR(result.sum, 2e4 * temperature, 1e-3 * temperature * 2e4);
    EXPECT_NEAR(result.gradient.data_ptr<float>()[0], temperature, 1e-4 * temperature);
    EXPECT_NEAR(result.gradient.data_ptr<float>()[1], -temperature, 1e-4 * temperature);
  }
}

TEST(Distillation, StaysFiniteAndRightForWideLogits) {
  for (const double temperature : temperatures) {
    const Tensor student = golden::pattern(6, {64, 10}, -1e4, 1e4).to(at::kFloat);
    const Tensor teacher = golden::pattern(7, {64, 10}, -1e4, 1e4).to(at::kFloat);
    const LossAndGradient result = evaluated(student, teacher, temperature);
    EXPECT_TRUE(golden::is_finite(result)) << temperature;
    const Tensor log_s = at::log_softmax(student.to(at::kDouble) / temperature, 1);
    const Tensor log_t = at::log_softmax(teacher.to(at::kDouble) / temperature, 1);
    const double expected = (log_t.exp() * (log_t - log_s)).sum().item<double>();
    EXPECT_NEAR(result.sum, temperature * temperature * expected, 1e-4 * result.sum) << temperature;
  }
}

TEST(Distillation, ShardsAddUpToTheWholeBatch) {
  const Tensor student = student_logits({11, 10});
  const Tensor teacher = teacher_logits({11, 10});
  const LossAndGradient whole = evaluated(student, teacher, 4);
  const LossAndGradient head = evaluated(student.narrow(0, 0, 3), teacher.narrow(0, 0, 3), 4);
  const LossAndGradient tail = evaluated(student.narrow(0, 3, 8), teacher.narrow(0, 3, 8), 4);
  EXPECT_NEAR(head.sum + tail.sum, whole.sum, 1e-12 * whole.sum);
  EXPECT_EQ(head.count + tail.count, whole.count);
  EXPECT_LT(golden::relative_difference(at::cat({head.gradient, tail.gradient}), whole.gradient),
            1e-12);
}

TEST(Distillation, GivesTheTeacherNoGradient) {
  const Tensor teacher = teacher_logits({5, 10});
  teacher.requires_grad_(true);
  const LossAndGradient result = evaluated(student_logits({5, 10}), teacher, 4);
  EXPECT_GT(golden::flat(result.gradient).abs().max().item<double>(), 0);
  EXPECT_FALSE(teacher.grad().defined());
}

TEST(Distillation, ServesDenseLogitsLikeRows) {
  const Shape shape = {2, 5, 3, 4};
  const auto rows = [](const Tensor& dense) {
    return dense.permute({0, 2, 3, 1}).reshape({2 * 3 * 4, 5});
  };
  const LossAndGradient dense = evaluated(student_logits(shape), teacher_logits(shape), 4);
  const LossAndGradient flat =
      evaluated(rows(student_logits(shape)), rows(teacher_logits(shape)), 4);
  EXPECT_NEAR(dense.sum, flat.sum, 1e-12 * flat.sum);
  EXPECT_EQ(dense.count, flat.count);
  EXPECT_LT(golden::relative_difference(rows(dense.gradient), flat.gradient), 1e-12);
}

// Docs of ensembles promise it: the two losses differ by entropies of the teachers alone.
TEST(Distillation, MeanOfLossesTeachesWhatTheMeanOfProbabilitiesDoes) {
  const Shape shape = {3, 10};
  const Tensor a = teacher_logits(shape);
  const Tensor members = at::stack({a, a.flip(1), a * 3}, -1);
  for (const double temperature : {1.0, 4.0, 20.0}) {
    const Tensor mean = mean_of_probabilities(members, temperature);
    const LossAndGradient one = with_gradient(against(mean, temperature), student_logits(shape));
    const LossAndGradient each = with_gradient(
        [&](const Tensor& logits) { return mean_of_distillations(logits, members, temperature); },
        student_logits(shape));
    EXPECT_LT(golden::relative_difference(one.gradient, each.gradient), 1e-12) << temperature;
    EXPECT_GT(each.sum, one.sum) << "by the entropy that the members lack";
    EXPECT_EQ(each.count, one.count);
  }
}

// Of one block with all classes it is the plain loss, bit for bit; an offset of a block is nothing.
TEST(BlockDistillation, OfOneBlockIsDistillation) {
  const Tensor student = student_logits({3, 4}), teacher = teacher_logits({3, 4});
  const LossSum plain = distillation(student, teacher, 2);
  const LossSum one = mean_of_block_distillations(student, teacher, {{0, 1, 2, 3}}, 2);
  EXPECT_TRUE(one.sum.equal(plain.sum));
  EXPECT_EQ(one.count, plain.count);
}

TEST(BlockDistillation, IsTheMeanOfTheBlocksAndKnowsNoOffset) {
  const Tensor student = student_logits({3, 4}).to(at::kDouble);
  const Tensor teacher = teacher_logits({3, 4}).to(at::kDouble);
  const auto loss = [&](const Tensor& logits) {
    return mean_of_block_distillations(logits, teacher, {{0, 3}, {1, 2}}, 2).sum.item<double>();
  };
  const auto of = [&](const std::vector<int64_t>& block, int64_t first) {
    const Tensor picked = at::stack({student.select(1, block[0]), student.select(1, block[1])}, 1);
    return distillation(picked, teacher.narrow(1, first, 2), 2).sum.item<double>();
  };
  EXPECT_NEAR(loss(student), (of({0, 3}, 0) + of({1, 2}, 2)) / 2, 1e-12);
  Tensor moved = student.clone();
  moved.select(1, 0).add_(7);
  moved.select(1, 3).add_(7);
  EXPECT_NEAR(loss(moved), loss(student), 1e-9);
}

}  // namespace
}  // namespace retort
