// Teachers that are the student itself, and teachers that are asked of plain images.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "retort/experiment/plan_for_tests.hpp"
#include "retort/experiment/trained_model.hpp"

namespace retort {
namespace {

using test::model_of;
using testing::HasSubstr;

ExperimentFile consistency(const std::vector<std::string>& overrides) {
  return read_experiment(Path(RETORT_SOURCE_FOLDER) / "experiments" / "use-consistency.toml",
                         overrides);
}

Plan plan_of(const std::vector<std::string>& overrides = {}) {
  static SharedData data;  // opened once
  return make_plan(consistency(overrides), data);
}

std::string usage_error(const std::vector<std::string>& overrides) {
  return test::usage_error_of([&] { plan_of(overrides); });
}

TEST(OwnTeacher, IsPartOfTheStudentAndNoModelOfItsOwn) {
  const Plan plan = plan_of();
  ASSERT_EQ(plan.models.size(), 2U);
  const PlannedModel& student = model_of(plan, "student");
  ASSERT_EQ(student.averages.size(), 1U);
  EXPECT_EQ(student.averages[0].teacher, "itself");
  EXPECT_EQ(student.averages[0].decay, 0.999);
  EXPECT_EQ(student.images_for("itself"), student.plain);
  EXPECT_EQ(student.images_for("another"), student.images);
  EXPECT_EQ(student.plain->views(), 1);
  EXPECT_GT(student.images->views(), 1);
  EXPECT_TRUE(model_of(plan, "twin").averages.empty());
}

TEST(OwnTeacher, WhatDecidesTheStudentIsInItsFingerprint) {
  const auto fingerprint = [](const std::vector<std::string>& overrides) {
    return training_fingerprint(model_of(plan_of(overrides), "student"), {});
  };
  const std::string usual = fingerprint({});
  EXPECT_EQ(fingerprint({}), usual);
  EXPECT_NE(fingerprint({"teacher.itself.decay=0.9"}), usual);
  EXPECT_NE(fingerprint({"teacher.itself.plain_images=false"}), usual);
  EXPECT_NE(fingerprint({"objective.1.confidence=0.9"}), usual);
}

TEST(OwnTeacher, WhatDoesNotFitIsRefused) {
  const std::vector<std::pair<std::vector<std::string>, std::string>> cases = {
      {{"teacher.itself.file=\"a.onnx\""}, "wanted one of a file, members, merge, follows_student"},
      {{"teacher.itself.train.epochs=3"}, "wanted one of a file, members, merge, follows_student"},
      {{"teacher.itself.recorded=\"true\""}, "says something else after every step"},
      {{"teacher.itself.recorded=\"auto\"", "teacher.itself.recording_precision=\"fp16\""},
       "what follows the student is never recorded"},
      {{"teacher.itself.tells_apart=[\"a\", \"b\"]"}, "wants a training or a file of its own"},
      {{"teacher.itself.rename=[\"a=b\"]"}, "is said of a file"},
      {{"teacher.itself.follows_student=false", "teacher.itself.decay=0.5"},
       "teacher.itself.decay: is read where follows_student = true"},
      {{"student.train.mix=\"mixup\""}, "there are no plain ones of them"},
      {{"teacher.mean.members=[\"itself\"]", "objective.1.teacher=\"mean\""},
       "no network that answers every image"},
      {{"teacher.all.merge=[\"itself\"]", "objective.1.teacher=\"all\""}, "is the student itself"},
      {{"student.images.choose={teacher=\"itself\",confidence=0.5}"},
       "wanted a network, a mean of networks or a merge"},
      {{"teacher.big.plain_images=true", "teacher.mean.members=[\"big\"]",
        "objective.1.teacher=\"mean\""},
       "teacher.big.plain_images: wanted a teacher that a term of the objective reads"},
      {{"objective.1.confidence=1.5"}, "objective.1.confidence"},
  };
  for (const auto& [overrides, says] : cases) {
    EXPECT_THAT(usage_error(overrides), HasSubstr(says)) << overrides.front();
  }
}

// A member that is asked of plain images alone, in a sweep of it against the mean.
TEST(OwnTeacher, TeachersOfASweepAreAskedOfPlainImagesWhereTheyAreRead) {
  TomlFile source =
      TomlFile::read(Path(RETORT_SOURCE_FOLDER) / "experiments" / "use-consistency.toml");
  for (const char* assignment :
       {"teacher.big.plain_images=true", "teacher.both.members=[\"big\", \"other\"]",
        "teacher.other.seed=7", "objective.1.teacher=\"both\""}) {
    source.set(assignment);
  }
  const ExperimentFile file = read_experiment(source, "experiments/x.toml", true);
  SharedData data;
  const Plan plan =
      make_plan({file.experiment, file.source, Path(RETORT_SOURCE_FOLDER) / "experiments"}, data);
  const PlannedModel& student = model_of(plan, "student");
  EXPECT_TRUE(student.asked_of_plain.empty());
  EXPECT_TRUE(student.averages.empty()) << "nobody listens to it";
}

TEST(OwnTeacher, AMeanIsHeardThroughAMergeThatStandsAfterIt) {
  TomlFile source =
      TomlFile::read(Path(RETORT_SOURCE_FOLDER) / "experiments" / "use-consistency.toml");
  for (const char* assignment : {"teacher.mean.members=[\"big\"]", "teacher.big.seed=7",
                                 "teacher.both.merge=[\"mean\"]", "objective.1.teacher=\"both\""}) {
    source.set(assignment);
  }
  const ExperimentFile file = read_experiment(source, "experiments/x.toml", true);
  EXPECT_EQ(file.experiment.teacher_names(), (std::vector<std::string>{"mean", "big", "both"}));
}

// What is known of the images goes with the plain ones too.
TEST(OwnTeacher, PlainImagesKeepThePools) {
  const Plan plan =
      make_plan(read_experiment(Path(RETORT_SOURCE_FOLDER) / "experiments" / "merge-mnist.toml",
                                {"teacher.both.rule=\"pools\"", "teacher.both.plain_images=true",
                                 "student.train.transforms=[{kind=\"shift\",pixels=2}]"}));
  const PlannedModel& student = model_of(plan, "student");
  const Dataset& plain = *student.images_for("both");
  ASSERT_EQ(plain.views(), 1);
  ASSERT_EQ(student.images->views(), 25);
  EXPECT_EQ(plain.pools(), (Classes{"low", "high"}));
  for (int64_t i = 0; i < 100; ++i) EXPECT_EQ(plain.pool(i), student.images->pool(i)) << i;
}

}  // namespace
}  // namespace retort
