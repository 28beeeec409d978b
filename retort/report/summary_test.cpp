#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "retort/report/report.hpp"
#include "retort/report/sections.hpp"

namespace retort {
namespace {

using testing::HasSubstr;
using testing::Not;

ModelResult model(std::string name, std::string role, int64_t errors, int64_t count = 10000) {
  ModelResult made{.name = std::move(name), .role = std::move(role)};
  made.test.count = count;
  made.test.errors = errors;
  return made;
}

RunResult run(std::vector<ModelResult> models) {
  RunResult made;
  made.models = std::move(models);
  return made;
}

RunResult student_and_twin(int64_t student, int64_t twin) {
  return run({model("student", "student", student), model("twin", "twin", twin)});
}

TEST(Summary, StudentTwinAndTeacher) {
  EXPECT_EQ(summary_sentence(run({model("big", "teacher", 97), model("student", "student", 246),
                                  model("twin", "twin", 488)})),
            "The student makes 246 errors on 10,000 test images, its twin without a teacher 488, "
            "the teacher 97.");
}

TEST(Summary, SeveralTeachersAreNamed) {
  EXPECT_EQ(
      summary_sentence(run(
          {model("a", "teacher", 5), model("b\n", "teacher", 6), model("student", "student", 1)})),
      "The student makes 1 error on 10,000 test images, the teacher a 5, the teacher b\\x0a 6.");
}

TEST(Summary, WhatIsMissingIsNotMentioned) {
  EXPECT_EQ(summary_sentence(run({})), "No model of this run has been tested yet.");
  EXPECT_EQ(
      summary_sentence(run({model("big", "teacher", 1, 1), model("student", "student", 0, 0)})),
      "The teacher makes 1 error on 1 test image.");
  EXPECT_EQ(summary_sentence(run({model("twin", "twin", 7)})),
            "The twin without a teacher makes 7 errors on 10,000 test images.");
}

TEST(Distillation, SaysWhatItBrought) {
  EXPECT_EQ(distillation_sentence(student_and_twin(246, 488)),
            "Learning from the teacher removed 50\u00A0% of the twin’s errors.");
  EXPECT_THAT(distillation_sentence(student_and_twin(488, 246)),
              HasSubstr("did not help: the student makes 98\u00A0% more errors"));
  EXPECT_THAT(distillation_sentence(student_and_twin(7, 7)), HasSubstr("no difference"));
  EXPECT_THAT(distillation_sentence(student_and_twin(30, 0)), HasSubstr("did not help"));
}

TEST(Distillation, OwnsUpToChance) {
  // 1.96 sqrt(100 + 120) = 29.07: 20 errors less could be chance, 40 less of 340 could not.
  EXPECT_THAT(distillation_sentence(student_and_twin(100, 120)), HasSubstr("could be chance"));
  EXPECT_THAT(distillation_sentence(student_and_twin(120, 100)), HasSubstr("could be chance"));
  EXPECT_THAT(distillation_sentence(student_and_twin(100, 140)), Not(HasSubstr("chance")));
}

TEST(Distillation, WithoutATwinNothingIsClaimed) {
  EXPECT_THAT(distillation_sentence(run({model("student", "student", 3)})), HasSubstr("no twin"));
  EXPECT_EQ(distillation_sentence(run({model("twin", "twin", 3)})), "");
}

}  // namespace
}  // namespace retort
