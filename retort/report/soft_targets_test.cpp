#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "retort/report/report.hpp"
#include "retort/report/run_for_tests.hpp"
#include "retort/report/sections.hpp"
#include "retort/report/soft_target_parts.hpp"

namespace retort {
namespace {

using testing::HasSubstr;
using testing::Not;

TEST(ProbabilityWords, HaveTheDigitsThatTell) {
  EXPECT_EQ(probability_words(0.364), "36.4\u00A0%");
  EXPECT_EQ(probability_words(0.99984), "99.98\u00A0%");
  EXPECT_EQ(probability_words(0.0042), "0.42\u00A0%");
  EXPECT_EQ(probability_words(0.00001), "under 0.01\u00A0%");
  EXPECT_EQ(probability_words(1), "over 99.99\u00A0%");
}

TEST(OneOfClass, TakesTheArticleThatIsSpoken) {
  const SoftTargets targets = {.classes = {"3", "8", "apple", "cat", "11"}};
  EXPECT_EQ(one_of_class(targets, 0), "a <bdi>3</bdi>");
  EXPECT_EQ(one_of_class(targets, 1), "an <bdi>8</bdi>");
  EXPECT_EQ(one_of_class(targets, 2), "an <bdi>apple</bdi>");
  EXPECT_EQ(one_of_class(targets, 3), "a <bdi>cat</bdi>");
  EXPECT_EQ(one_of_class(targets, 4), "an <bdi>11</bdi>");
  EXPECT_EQ(one_of_class(targets, 9), "a <bdi>class 9</bdi>");
}

TEST(TeacherKnowledge, ReadingsAreMadeOfTheNumbers) {
  RunResult run = made_run(digits());
  TemperatureStatistics& four = run.soft_targets[0].statistics[3];
  four.entropy_bits = 1.507;
  four.entropy_share = 0.4537;
  four.off_top = 0.2772;
  four.far_share = 0.0153;
  four.bits_beyond_class = 0.9;
  run.soft_targets[0].similarity[4][9] = 0.4;
  const std::string html = teacher_knowledge_html(run);
  for (const char* words :
       {"the student is taught at T\u00A0=\u00A04",
        "at T\u00A0=\u00A04, a target holds 1.51 bits on average", "45\u00A0% of the most",
        "27.7\u00A0% of the probability lies off", "tell most at T\u00A0=\u00A04",
        "1.5\u00A0% to those far below", "it gives 40.0\u00A0% to <bdi>9</bdi> for a <bdi>4</bdi>",
        "This <bdi>2</bdi> looks to the teacher like a <bdi>3</bdi>, that one like a <bdi>4</bdi>",
        "This image is a typical one"}) {
    EXPECT_THAT(html, HasSubstr(words));
  }
}

TEST(TeacherKnowledge, OfMatchedLogits) {
  RunResult run = made_run(digits());
  run.soft_targets[0].temperature = 0;
  EXPECT_THAT(teacher_knowledge_html(run), HasSubstr("matches the teacher’s logits themselves"));
}

TEST(TeacherKnowledge, EveryTeacherHasItsPart) {
  RunResult run = made_run(digits());
  run.soft_targets.push_back(run.soft_targets[0]);
  run.soft_targets[1].teacher = "other";
  EXPECT_THAT(teacher_knowledge_html(run), HasSubstr("The teacher <bdi>other</bdi>"));
  run.soft_targets.clear();
  EXPECT_EQ(teacher_knowledge_html(run), "");
}

TEST(SoftTargetsPage, StandsAlone) {
  SoftTargets targets = made_soft_targets(digits());
  targets.teacher = "a<b";
  targets.typical = false;
  targets.warnings = {"too <hot>"};
  const std::string page = soft_targets_page(targets, "1.2.3");
  EXPECT_THAT(page, HasSubstr("<!DOCTYPE html>"));
  EXPECT_THAT(page, HasSubstr("a&lt;b"));
  EXPECT_THAT(page, HasSubstr("too &lt;hot&gt;"));
  EXPECT_THAT(page, HasSubstr("Written by Retort 1.2.3."));
  EXPECT_THAT(page, Not(HasSubstr("typical")));
  EXPECT_THAT(page, Not(HasSubstr("result.json")));
}

}  // namespace
}  // namespace retort
