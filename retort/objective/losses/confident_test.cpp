#include "retort/objective/losses/confident.hpp"

#include <ATen/ops/stack.h>
#include <ATen/ops/tensor.h>
#include <gtest/gtest.h>

#include <cmath>

#include "retort/objective/terms.hpp"
#include "tests/golden/losses.hpp"

namespace retort {
namespace {

using golden::student_logits;
using golden::teacher_logits;

LossSum loss_of(const DistillationTerm& settings, const std::string& name, const Tensor& student,
                const Tensor& teacher) {
  return settings.term().evaluate({{std::string("student/logits"), student}, {name, teacher}});
}

// Probabilities 0.8, 0.6 and 0.9.
Tensor three_teachers() {
  return at::tensor({0.8, 0.2, 0.4, 0.6, 0.1, 0.9}, at::kDouble).log().reshape({3, 2});
}

TEST(ConfidentRows, AreThoseWithALargeProbability) {
  EXPECT_TRUE(confident_rows(three_teachers(), 0.7).equal(at::tensor({0, 2}, at::kLong)));
  EXPECT_EQ(confident_rows(three_teachers(), 0.95).size(0), 0);
  EXPECT_EQ(confident_rows(three_teachers(), 0).size(0), 3);
  EXPECT_EQ(confident_rows(three_teachers() * std::nan(""), 0.7).size(0), 3) << "a loss is to fail";
}

TEST(ConfidentDistillation, AddsTheConfidentSamplesAndCountsAll) {
  const Tensor student = student_logits({3, 2}), teacher = three_teachers();
  const DistillationTerm settings{.teacher = "big", .temperature = 2, .confidence = 0.7};
  const LossSum sure = loss_of(settings, "big/logits", student, teacher);
  DistillationTerm all = settings;
  all.confidence = 0;
  double expected = 0;
  for (const int64_t row : {0, 2}) {
    expected += loss_of(all, "big/logits", student.narrow(0, row, 1), teacher.narrow(0, row, 1))
                    .sum.item<double>();
  }
  EXPECT_NEAR(sure.sum.item<double>(), expected, 1e-12);
  EXPECT_EQ(sure.count, 3);
  EXPECT_EQ(sure.kept, 2);
  EXPECT_EQ(loss_of(all, "big/logits", student, teacher).kept, -1) << "it leaves out none";
}

TEST(ConfidentDistillation, WithoutAConfidentSampleIsNothingAndHasAGradientOfZero) {
  Tensor student = student_logits({3, 2});
  student.set_requires_grad(true);
  const LossSum loss =
      loss_of({.teacher = "big", .confidence = 0.99}, "big/logits", student, three_teachers());
  EXPECT_EQ(loss.sum.item<double>(), 0);
  EXPECT_EQ(loss.count, 3);
  loss.sum.backward();
  EXPECT_EQ(student.grad().abs().sum().item<double>(), 0);
}

TEST(ConfidentDistillation, GradientIsThatOfFiniteDifferences) {
  const Shape shape = {2, 5, 3, 4};
  constexpr double least = 0.9;
  const golden::Loss loss = [&](const Tensor& logits) {
    return loss_of({.teacher = "big", .temperature = 2, .confidence = least}, "big/logits", logits,
                   teacher_logits(shape));
  };
  const int64_t sure = confident_rows(teacher_logits(shape), least).size(0);
  ASSERT_GT(sure, 0);
  ASSERT_LT(sure, 24);
  const Tensor gradient = golden::with_gradient(loss, student_logits(shape)).gradient;
  const Tensor differences = golden::finite_differences(loss, student_logits(shape));
  EXPECT_LT(golden::relative_difference(gradient, differences), 1e-6);
}

// Two members that are sure of opposite classes are not sure together.
TEST(ConfidentDistillation, AnEnsembleIsAsSureAsItsMeanIs) {
  const Tensor one = three_teachers(), other = one.flip({1});
  const Tensor student = student_logits({3, 2});
  for (const char* mean : {"probabilities", "losses"}) {
    const DistillationTerm settings{.teacher = "all", .confidence = 0.7, .mean_of_members = mean};
    EXPECT_EQ(loss_of(settings, "all/member_logits", student, at::stack({one, other}, -1))
                  .sum.item<double>(),
              0);
    const DistillationTerm single{.teacher = "big", .confidence = 0.7};
    EXPECT_NEAR(loss_of(settings, "all/member_logits", student, at::stack({one, one}, -1))
                    .sum.item<double>(),
                loss_of(single, "big/logits", student, one).sum.item<double>(), 1e-12)
        << mean;
  }
}

// A merge's answer at T is none at another temperature: how sure it is it says apart.
TEST(ConfidentDistillation, AMergeIsAsSureAsItsAnswerAtOne) {
  const Tensor student = student_logits({3, 2}), teacher = three_teachers();
  const DistillationTerm merge{
      .teacher = "both", .temperature = 2, .confidence = 0.7, .merged = true};
  const Term term = merge.term();
  EXPECT_EQ(term.reads, (Names{"student/logits", "both/logits_at_2", "both/logits_at_1"}));
  const LossSum loss = term.evaluate({{std::string("student/logits"), student},
                                      {std::string("both/logits_at_2"), teacher.flip({0})},
                                      {std::string("both/logits_at_1"), teacher}});
  DistillationTerm all = merge;
  all.merged = false;
  all.confidence = 0;
  double expected = 0;
  for (const int64_t row : {0, 2}) {
    expected +=
        loss_of(all, "both/logits", student.narrow(0, row, 1), teacher.narrow(0, 2 - row, 1))
            .sum.item<double>();
  }
  EXPECT_NEAR(loss.sum.item<double>(), expected, 1e-12);
  EXPECT_EQ(loss.kept, 2);
  DistillationTerm at_one = merge;
  at_one.temperature = 1;
  EXPECT_EQ(at_one.term().reads, (Names{"student/logits", "both/logits_at_1"}));
}

}  // namespace
}  // namespace retort
