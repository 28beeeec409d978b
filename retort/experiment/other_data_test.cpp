#include "retort/experiment/other_data.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "retort/experiment/plan_for_tests.hpp"

namespace retort {
namespace {

using test::model_of;
using testing::AllOf;
using testing::HasSubstr;

// The quick experiment of MNIST, and noise as another data set.
ExperimentFile with_noise(std::vector<std::string> overrides = {}) {
  const std::vector<std::string> noise = {"other.noise.format=noise", "other.noise.images=700",
                                          "other.noise.measure=false"};
  overrides.insert(overrides.begin(), noise.begin(), noise.end());
  return read_experiment(Path(RETORT_SOURCE_FOLDER) / "experiments" / "mnist-quick.toml",
                         overrides);
}

// Opened once: every plan reads MNIST else.
SharedData& shared() {
  static SharedData data;
  return data;
}

Plan plan_of(const std::vector<std::string>& overrides) {
  return make_plan(with_noise(overrides), shared());
}

std::string usage_error(const std::vector<std::string>& overrides) {
  return test::usage_error_of([&] { plan_of(overrides); });
}

const std::vector<std::string> mnist_again = {"other.again.format=idx",
                                              "other.again.path=../datasets/mnist"};

TEST(OtherData, TheStudentSeesNoLabelOfThemAndTheTwinNoneOfThem) {
  const Plan plan = plan_of({"student.images.from=[\"noise\"]", "student.images.per_class=0",
                             "student.images.classes=[]"});
  const PlannedModel& student = model_of(plan, "student");
  ASSERT_EQ(student.images->size(), 700);
  EXPECT_EQ(student.distinct_images, 700);
  EXPECT_EQ(student.images->classes().size(), 10U);
  EXPECT_EQ(student.images->label(3), no_label);
  const PlannedModel& twin = model_of(plan, "twin");
  EXPECT_EQ(twin.images->size(), 55'000) << "all training images that are not held out";
  EXPECT_NE(twin.images->label(3), no_label);
}

TEST(OtherData, OwnAndOtherImagesAreJoined) {
  const Plan plan =
      plan_of({"student.images.from=[\"data\",\"noise\"]", "student.images.per_class=50"});
  const PlannedModel& student = model_of(plan, "student");
  ASSERT_EQ(student.images->size(), 1200);
  EXPECT_NE(student.images->label(499), no_label);
  EXPECT_EQ(student.images->label(500), no_label);
  const PlannedModel& twin = model_of(plan, "twin");
  EXPECT_EQ(twin.distinct_images, 500);
  EXPECT_EQ(twin.images->size(), 1200) << "as many steps an epoch as the student";
  EXPECT_EQ(twin.images->label(700), twin.images->label(200));
}

TEST(OtherData, ATeacherLearnsTheirLabels) {
  const std::vector<std::string> from = {"teacher.big.images.include_validation=false",
                                         "teacher.big.images.from=[\"again\"]"};
  std::vector<std::string> overrides = mnist_again;
  overrides.insert(overrides.end(), from.begin(), from.end());
  const Plan plan = plan_of(overrides);
  const PlannedModel& teacher = model_of(plan, "big");
  ASSERT_EQ(teacher.images->size(), 60'000);
  EXPECT_EQ(teacher.images->label(0), 5);
  ASSERT_EQ(teacher.others.size(), 1U) << "measured there too";
  EXPECT_EQ(teacher.others[0].first, "again");
  EXPECT_EQ(teacher.others[0].second->size(), 10'000);
  EXPECT_EQ(model_of(plan, "student").others.size(), 1U);
}

TEST(OtherData, ATeacherLearnsTheirLabelsWhereTheDataHaveNone) {
  std::vector<std::string> overrides = mnist_again;
  overrides.insert(
      overrides.end(),
      {"data.unlabelled=true", "data.validation=0", "student.images.per_class=0",
       "objective.cross_entropy.weight=0", "teacher.big.images.include_validation=false",
       "teacher.big.images.from=[\"data\",\"again\"]"});
  EXPECT_THAT(usage_error(overrides), HasSubstr("wanted twin.enabled = false"));
  overrides.emplace_back("twin.enabled=false");
  const Plan plan = plan_of(overrides);
  EXPECT_EQ(model_of(plan, "big").images->size(), 60'000);
  overrides.emplace_back("teacher.big.images.from=[\"data\"]");
  EXPECT_THAT(usage_error(overrides),
              HasSubstr("teacher.big.images: none of the training images has a label of 0, 1"));
}

TEST(OtherData, TheirClassesAreThoseOfTheData) {
  std::vector<std::string> overrides = mnist_again;
  overrides.push_back(
      "other.again.classes=[\"0\",\"1\",\"2\",\"3\",\"4\",\"5\",\"6\",\"7\",\"8\",\"IX\"]");
  EXPECT_THAT(usage_error(overrides), AllOf(HasSubstr("other.again: its classes"),
                                            HasSubstr("only here: IX"), HasSubstr("there: 9")));
}

TEST(OtherData, TheirImagesFitOrAreMadeToFit) {
  const std::vector<std::string> sees = {"student.images.from=[\"noise\"]",
                                         "student.images.per_class=0",
                                         "other.noise.shape=[3,10,12]"};
  EXPECT_THAT(usage_error(sees),
              AllOf(HasSubstr("other.noise: its images are 3x10x12"), HasSubstr("fit = {")));
  std::vector<std::string> fits = sees;
  fits.insert(fits.end(), {"other.noise.fit.size=[20]", "other.noise.fit.canvas=[28]",
                           "other.noise.fit.channels=1"});
  const Plan plan = plan_of(fits);
  EXPECT_EQ(model_of(plan, "student").images->shape(), (Shape{1, 28, 28}));
  fits.push_back("other.noise.fit.canvas=[10]");
  EXPECT_THAT(usage_error(fits), HasSubstr("other.noise.fit: canvas: wanted"));
}

TEST(OtherData, WhatDoesNotFitTogetherIsRefused) {
  EXPECT_THAT(usage_error({"student.images.from=[\"nose\"]"}),
              HasSubstr("student.images.from: no data set \"nose\"; did you mean 'noise'?"));
  EXPECT_THAT(usage_error({"student.images.from=[\"noise\"]", "student.images.per_class=5"}),
              HasSubstr("choose among the images of [data]"));
  EXPECT_THAT(usage_error({"student.images.from=[]"}), HasSubstr("at least one data set"));
  EXPECT_THAT(usage_error({"student.images.from=[\"data\",\"data\"]"}), HasSubstr("twice"));
  EXPECT_THAT(usage_error({"other.data.format=noise"}), HasSubstr("other than \"data\""));
  EXPECT_THAT(usage_error({"data={format=\"noise\"}"}),
              HasSubstr("data: its images are of no classes"));
  EXPECT_THAT(usage_error({"teacher.big.views.count=3"}),
              HasSubstr("wanted a teacher with members"));
  EXPECT_THAT(usage_error({"teacher.mean.members=[\"big\"]", "teacher.mean.views.count=3",
                           "objective.distillation.teacher=mean"}),
              HasSubstr("teacher.mean.views: wanted a count and transforms"));
}

TEST(OtherData, AMeanOverViewsCostsAllOfThem) {
  const Plan plan = plan_of({"teacher.mean.members=[\"big\"]", "teacher.mean.views.count=12",
                             "teacher.mean.views.transforms=[{kind=\"shift\",pixels=1}]",
                             "objective.distillation.teacher=mean"});
  const PlannedModel& mean = model_of(plan, "mean");
  EXPECT_EQ(mean.cost.macs, 9 * model_of(plan, "big").cost.macs);
  EXPECT_EQ(mean.cost.parameters, model_of(plan, "big").cost.parameters);
}

}  // namespace
}  // namespace retort
