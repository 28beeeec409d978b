#include "retort/evaluate/answers.hpp"

#include <ATen/ops/one_hot.h>
#include <ATen/ops/tensor.h>
#include <gtest/gtest.h>

#include "retort/model/zoo/mlp.hpp"
#include "tests/golden/row_images.hpp"

namespace retort {
namespace {

NetworkPredictor fresh(uint64_t seed) {
  Graph graph = Mlp{{6}, {}}.build({1, 4, 4}, 3);
  return NetworkPredictor({graph, initial_weights(graph, seed)});
}

TEST(Answers, DoNotDependOnTheBatches) {
  const golden::RowImages images(50);
  const Answers whole = answers_of(fresh(1), images, 50);
  const Answers parts = answers_of(fresh(1), images, 7);
  EXPECT_LT(golden::largest_difference(whole.logits, parts.logits), 1e-6);
  EXPECT_TRUE(whole.labels.equal(parts.labels));
  EXPECT_EQ(whole.labels.numel(), 50);
}

TEST(Answers, AgreementOfAModelWithItselfIsWhole) {
  const Answers answers = answers_of(fresh(1), golden::RowImages(50));
  const Agreement same = agreement_of("a", answers, "b", answers);
  EXPECT_EQ(same.top1, 1);
  EXPECT_NEAR(same.kl, 0, 1e-12);
}

TEST(Answers, AgreementByHand) {
  const auto two = [](std::vector<double> p) { return at::tensor(p).reshape({2, 2}).log(); };
  const Tensor labels = at::tensor(std::vector<int64_t>{0, 1});
  const Answers student{two({0.6, 0.4, 0.7, 0.3}), labels};
  const Answers teacher{two({0.9, 0.1, 0.2, 0.8}), labels};
  const Agreement agreement = agreement_of("student", student, "big", teacher);
  EXPECT_EQ(agreement.top1, 0.5);
  const double first = 0.9 * std::log(0.9 / 0.6) + 0.1 * std::log(0.1 / 0.4);
  const double second = 0.2 * std::log(0.2 / 0.7) + 0.8 * std::log(0.8 / 0.3);
  EXPECT_NEAR(agreement.kl, (first + second) / 2, 1e-12) << "KL(teacher || student)";
}

// Answers 0 1 0 1 0 and 0 1 1 0 1, with labels 0 0 1 1 and none.
TEST(Answers, PairedTestByHand) {
  const Tensor labels = at::tensor(std::vector<int64_t>{0, 0, 1, 1, no_label});
  const auto says = [&](std::vector<int64_t> answers) {
    return Answers{at::one_hot(at::tensor(answers), 2).to(at::kFloat), labels};
  };
  const PairedTest test =
      paired_test_of("student", says({0, 1, 0, 1, 0}), "twin", says({0, 1, 1, 0, 1}));
  EXPECT_EQ(test.only_first_wrong, 1);
  EXPECT_EQ(test.only_second_wrong, 1);
  EXPECT_EQ(test.p, 1);
  EXPECT_EQ(test.first, "student");
  EXPECT_EQ(test.second, "twin");
}

}  // namespace
}  // namespace retort
