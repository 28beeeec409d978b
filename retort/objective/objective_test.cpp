#include "retort/objective/objective.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <limits>

#include "retort/base/error.hpp"
#include "retort/objective/losses/cross_entropy.hpp"
#include "retort/objective/losses/distillation.hpp"
#include "retort/objective/terms.hpp"
#include "tests/golden/losses.hpp"

namespace retort {
namespace {

using golden::student_logits;
using golden::teacher_logits;

Objective hintons(double hard, double soft) {
  return Objective({CrossEntropyTerm{.weight = hard}.term(),
                    DistillationTerm{.weight = soft, .teacher = "big", .temperature = 4}.term()});
}

NamedTensors values(const Shape& shape, const Tensor& student) {
  return {{"student/logits", student},
          {"target/class", golden::labels(3, {shape[0]}, shape[1])},
          {"big/logits", teacher_logits(shape)}};
}

TEST(Objective, ReadsEveryNameOnce) {
  EXPECT_EQ(hintons(0.1, 0.9).reads(), (Names{"student/logits", "target/class", "big/logits"}));
}

TEST(Objective, IsTheWeightedSumOfItsTermsMeans) {
  const Shape shape = {64, 10};
  const Tensor student = student_logits(shape);
  const NamedTensors table = values(shape, student);
  const Breakdown result = hintons(0.1, 0.9).evaluate(table);
  const double hard = cross_entropy(student, table.at("target/class")).sum.item<double>();
  const double soft = distillation(student, table.at("big/logits"), 4).sum.item<double>();
  EXPECT_NEAR(result.total.item<double>(), (0.1 * hard + 0.9 * soft) / 64, 1e-12);
  ASSERT_EQ(result.terms.size(), 2U);
  EXPECT_EQ(result.terms[0].sum, hard);
  EXPECT_EQ(result.terms[0].count, 64);
  EXPECT_NEAR(result.terms[1].mean(), soft / 64, 1e-12);
}

TEST(Objective, KnowsTheCountsBeforehand) {
  const Shape shape = {8, 10};
  NamedTensors table = values(shape, student_logits(shape));
  table.at("target/class")[3].fill_(-1);
  Objective objective({CrossEntropyTerm{}.term(), DistillationTerm{.teacher = "big"}.term(),
                       LogitMatchingTerm{.teacher = "big"}.term()});
  const NamedTensors targets = {{"target/class", table.at("target/class")}};
  EXPECT_EQ(objective.counts(targets, 8), (std::vector<double>{7, 8, 8}));
  const Breakdown breakdown = objective.evaluate(table);
  EXPECT_EQ(breakdown.terms[0].count, 7);
  EXPECT_EQ(breakdown.terms[1].count, 8);
  EXPECT_EQ(breakdown.terms[2].count, 8);
}

TEST(Objective, PartsOfABatchAddUpToTheWhole) {
  const Shape shape = {64, 10};
  const Tensor student = student_logits(shape), again = student_logits(shape);
  student.requires_grad_(true);
  again.requires_grad_(true);
  NamedTensors whole = values(shape, student);
  whole.at("target/class").narrow(0, 10, 40).fill_(-1);  // parts with other shares of labels
  const Objective objective = hintons(0.1, 0.9);
  const Breakdown expected = objective.evaluate(whole);
  expected.total.backward();
  double total = 0;
  std::vector<double> weighted(2);
  for (int64_t first = 0; first < 64; first += 20) {
    NamedTensors part;
    for (const auto& [name, tensor] : whole) {
      const Tensor& source = name == "student/logits" ? again : tensor;
      part.set(name, source.narrow(0, first, std::min<int64_t>(20, 64 - first)));
    }
    const Breakdown breakdown = objective.evaluate(part, objective.counts(whole, 64));
    breakdown.total.backward();
    total += breakdown.total.item<double>();
    for (size_t i = 0; i < 2; ++i) weighted[i] += breakdown.weighted[i].item<double>();
  }
  EXPECT_NEAR(total, expected.total.item<double>(), 1e-12);
  for (size_t i = 0; i < 2; ++i) {
    EXPECT_NEAR(weighted[i], expected.weighted[i].item<double>(), 1e-12) << i;
  }
  EXPECT_LT(golden::largest_difference(student.grad(), again.grad()), 1e-15);
}

TEST(Objective, ABatchWithoutLabelsLeavesTheOtherTerms) {
  const Shape shape = {8, 10};
  const Tensor student = student_logits(shape);
  student.requires_grad_(true);
  NamedTensors table = values(shape, student);
  table.set("target/class", table.at("target/class") * 0 - 1);
  const Breakdown result = hintons(0.1, 1.0).evaluate(table);
  EXPECT_EQ(result.terms[0].mean(), 0);
  EXPECT_NEAR(result.total.item<double>(), result.terms[1].mean(), 1e-12);
  result.total.backward();
  EXPECT_TRUE(student.grad().isfinite().all().item<bool>());
}

TEST(Objective, AMissListsTheNearestName) {
  const Shape shape = {8, 10};
  NamedTensors table = values(shape, student_logits(shape));
  table.erase("big/logits");
  table.set("bigg/logits", teacher_logits(shape));
  try {
    hintons(1, 1).evaluate(table);
    FAIL() << "no error";
  } catch (const Error& error) {
    EXPECT_THAT(error.what(), testing::HasSubstr("did you mean 'bigg/logits'?"));
  }
}

TEST(Objective, NamesTheTermThatIsNoNumber) {
  const Shape shape = {8, 10};
  NamedTensors table = values(shape, student_logits(shape));
  const Tensor teacher = teacher_logits(shape);
  teacher.data_ptr<double>()[3] = std::numeric_limits<double>::infinity();
  table.set("big/logits", teacher);
  try {
    hintons(1, 1).evaluate(table);
    FAIL() << "no error";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ExitCode::numeric);
    EXPECT_THAT(error.what(), testing::AllOf(testing::HasSubstr("'distillation/big'"),
                                             testing::HasSubstr("big/logits inf")));
  }
}

}  // namespace
}  // namespace retort
