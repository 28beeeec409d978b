#include "retort/predict/merge_rules.hpp"

#include <ATen/TensorOperators.h>
#include <ATen/ops/log_softmax.h>
#include <ATen/ops/softmax.h>
#include <ATen/ops/tensor.h>
#include <gtest/gtest.h>

#include <cmath>

namespace retort {
namespace {

Tensor row(const std::vector<double>& values) {
  return at::tensor(values, at::kDouble).unsqueeze(0);
}

std::vector<double> values(const Tensor& tensor) {
  const Tensor flat = tensor.contiguous();
  return {flat.data_ptr<double>(), flat.data_ptr<double>() + flat.numel()};
}

void expect_near(const Tensor& got, const std::vector<double>& wanted, double error = 1e-12) {
  const std::vector<double> numbers = values(got);
  ASSERT_EQ(numbers.size(), wanted.size());
  for (size_t i = 0; i < wanted.size(); ++i) EXPECT_NEAR(numbers[i], wanted[i], error) << i;
}

// Two members that know two classes each: softmaxes (3/4, 1/4) and (1/2, 1/2) at T = 1.
MembersSaid two_halves() {
  return {
      .logits = {row({std::log(3.0), 0}), row({5, 5})}, .blocks = {{0, 1}, {2, 3}}, .classes = 4};
}

// Every rule of the table answers with one finite logit a class, for known and unknown pools.
template <class... Rules>
void for_every_rule(const std::variant<Rules...>&, const auto& work) {
  (work(MergeRule(Rules{})), ...);
}

TEST(MergeRules, EveryRuleAnswersEveryClass) {
  for_every_rule(MergeRule(), [](const MergeRule& rule) {
    if (std::holds_alternative<Recommended>(rule)) return;
    for (const int64_t pool : {-1, 0, 1}) {
      MembersSaid said = two_halves();
      said.pools = at::tensor(std::vector<int64_t>{pool}, at::kLong);
      for (const double temperature : {1.0, 4.0}) {
        const Tensor merged = merged_logits(said, rule, {}, temperature);
        EXPECT_EQ(merged.sizes(), (at::IntArrayRef{1, 4})) << rule_name(rule);
        EXPECT_TRUE(merged.isfinite().all().item<bool>()) << rule_name(rule);
      }
    }
  });
}

TEST(MergeRules, EveryRuleHasOneLineOfHelp) {
  for (const auto& [name, help] : KindsOf<MergeRule>::rows()) {
    EXPECT_FALSE(help.empty()) << name;
    EXPECT_EQ(help.find('\n'), std::string::npos) << name;
  }
}

TEST(MergeRules, ConcatenatePutsLogitsSideBySide) {
  expect_near(merged_logits(two_halves(), Concatenate{}, {}, 3), {std::log(3.0), 0, 5, 5});
}

TEST(MergeRules, AClassOfTwoMembersHasTheMeanOfTheirLogits) {
  const MembersSaid said = {
      .logits = {row({1, 2}), row({4, 8})}, .blocks = {{0, 1}, {1, 2}}, .classes = 3};
  expect_near(side_by_side(said), {1, 3, 8});
}

TEST(MergeRules, CalibratedScalesAndShifts) {
  const MergeFit fit{.scales = {2, 0.5}, .biases = {1, 0, 0, -1}, .gate_biases = {}};
  expect_near(merged_logits(two_halves(), Calibrated{}, fit, 1),
              {2 * std::log(3.0) + 1, 0, 2.5, 1.5});
}

TEST(MergeRules, PoolsMixTheOwnersSoftmaxWithAll) {
  MembersSaid said = two_halves();
  said.pools = at::tensor(std::vector<int64_t>{0}, at::kLong);
  const Tensor merged = merged_logits(said, Pools{.others = 0.1}, {}, 1);
  // 0.9 + 0.05 of (3/4, 1/4), 0.05 of (1/2, 1/2)
  expect_near(at::softmax(merged, 1), {0.7125, 0.2375, 0.025, 0.025});
  const double t = 2;
  const double p = std::sqrt(3.0) / (1 + std::sqrt(3.0));  // at T = 2
  expect_near(at::softmax(merged_logits(said, Pools{.others = 0.1}, {}, t) / t, 1),
              {0.95 * p, 0.95 * (1 - p), 0.025, 0.025});
}

TEST(MergeRules, AnImageOfNoKnownPoolIsConcatenated) {
  MembersSaid said = two_halves();
  expect_near(merged_logits(said, Pools{}, {}, 2), {std::log(3.0), 0, 5, 5});
  said.pools = at::tensor(std::vector<int64_t>{-1}, at::kLong);
  expect_near(merged_logits(said, Pools{}, {}, 2), {std::log(3.0), 0, 5, 5});
}

TEST(MergeRules, GatedWeighsByCompetence) {
  MembersSaid said = two_halves();
  said.told = row({std::log(4.0), 0});
  expect_near(at::softmax(merged_logits(said, Gated{.gate = "whose"}, {}, 1), 1),
              {0.6, 0.2, 0.1, 0.1});
}

TEST(MergeRules, CompetenceOfWhatMembersSay) {
  const MembersSaid said = two_halves();
  expect_near(competence(said, "energy"), {std::log(4.0), 5 + std::log(2.0)});
  expect_near(competence(said, "largest_logit"), {std::log(3.0), 5});
  expect_near(competence(said, "entropy"),
              {0.75 * std::log(0.75) + 0.25 * std::log(0.25), std::log(0.5)});
}

}  // namespace
}  // namespace retort
