#include "retort/objective/terms.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <type_traits>

#include "tests/golden/losses.hpp"

namespace retort {
namespace {

// Every row of the table with a weight and, where it takes one, a teacher.
template <class... Kinds>
std::vector<TermSettings> every_term(std::type_identity<std::variant<Kinds...>>) {
  std::vector<TermSettings> terms = {TermSettings{Kinds{}}...};
  for (TermSettings& settings : terms) {
    std::visit(
        [](auto& kind) {
          kind.weight = 0.5;
          if constexpr (requires { kind.teacher; }) kind.teacher = "big";
        },
        settings.value);
  }
  return terms;
}

std::vector<TermSettings> every_term() {
  return every_term(std::type_identity<decltype(TermSettings::value)>{});
}

NamedTensors values(int64_t rows, const Tensor& student) {
  return {{"student/logits", student},
          {"target/class", golden::labels(3, {rows}, 10)},
          {"big/logits", golden::teacher_logits({rows, 10})}};
}

TEST(EveryTerm, ReadsTheStudentAndSaysWhatItReads) {
  for (const TermSettings& settings : every_term()) {
    const Term term = settings.term();
    EXPECT_EQ(term.weight, 0.5) << term.name;
    EXPECT_THAT(term.reads, testing::Contains("student/logits")) << term.name;
    const bool reads_teacher = testing::Value(term.reads, testing::Contains("big/logits"));
    EXPECT_EQ(reads_teacher, settings.teacher() == "big") << term.name;
    // What it did not announce it must not need.
    NamedTensors announced;
    const NamedTensors all = values(4, golden::student_logits({4, 10}));
    for (const std::string& name : term.reads) announced.set(name, all.at(name));
    EXPECT_NO_THROW(term.evaluate(announced)) << term.name;
  }
}

TEST(EveryTerm, GradientIsThatOfFiniteDifferences) {
  for (const TermSettings& settings : every_term()) {
    const Term term = settings.term();
    const golden::Loss loss = [&](const Tensor& logits) {
      return term.evaluate(values(3, logits));
    };
    const Tensor logits = golden::student_logits({3, 10});
    const Tensor gradient = golden::with_gradient(loss, logits).gradient;
    EXPECT_LT(golden::relative_difference(gradient, golden::finite_differences(loss, logits)), 1e-6)
        << term.name;
  }
}

TEST(EveryTerm, IsASumThatShardsAddUpTo) {
  const Tensor logits = golden::student_logits({8, 10});
  const NamedTensors whole = values(8, logits);
  for (const TermSettings& settings : every_term()) {
    const Term term = settings.term();
    double sum = 0;
    double count = 0;
    for (const int64_t first : {0, 4}) {
      NamedTensors shard;
      for (const auto& [name, tensor] : whole) shard.set(name, tensor.narrow(0, first, 4));
      const LossSum loss = term.evaluate(shard);
      sum += loss.sum.item<double>();
      count += loss.count;
    }
    const LossSum loss = term.evaluate(whole);
    EXPECT_NEAR(loss.sum.item<double>(), sum, 1e-10 * std::abs(sum)) << term.name;
    EXPECT_EQ(loss.count, count) << term.name;
  }
}

TEST(EveryTerm, StaysFiniteForLogitsOfTenThousand) {
  const Tensor wide = golden::pattern(6, {8, 10}, -1e4, 1e4).to(at::kFloat);
  for (const TermSettings& settings : every_term()) {
    const Term term = settings.term();
    const auto loss = [&](const Tensor& logits) { return term.evaluate(values(8, logits)); };
    EXPECT_TRUE(golden::is_finite(golden::with_gradient(loss, wide))) << term.name;
  }
}

TEST(EveryTerm, HasAUniqueNameAndHelp) {
  std::vector<std::string> names;
  for (const auto& [name, help] : KindsOf<decltype(TermSettings::value)>::rows()) {
    EXPECT_FALSE(help.empty()) << name;
    EXPECT_THAT(names, testing::Not(testing::Contains(name)));
    names.push_back(name);
  }
}

}  // namespace
}  // namespace retort
