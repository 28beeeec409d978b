#include "retort/experiment/plan.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <set>

#include "retort/experiment/estimate.hpp"
#include "retort/experiment/plan_for_tests.hpp"

namespace retort {
namespace {

using testing::HasSubstr;

const Path source_folder = RETORT_SOURCE_FOLDER;

ExperimentFile quick(const std::vector<std::string>& overrides = {}) {
  return read_experiment(source_folder / "experiments" / "mnist-quick.toml", overrides);
}

// What read_experiment or make_plan says of an override of the shipped experiment.
std::string usage_error(const std::vector<std::string>& overrides) {
  return test::usage_error_of([&] { make_plan(quick(overrides)); });
}

TEST(Plan, OfTheQuickExperimentIsWhatItsFileSays) {
  const Plan plan = make_plan(quick());
  ASSERT_EQ(plan.models.size(), 3U);
  const PlannedModel& teacher = plan.models[0];
  const PlannedModel& twin = plan.models[1];
  const PlannedModel& student = plan.models[2];
  EXPECT_EQ(teacher.name, "big");
  EXPECT_EQ(teacher.folder, "teacher-big");
  EXPECT_EQ(teacher.images->size(), 60000) << "the teacher sees everything";
  EXPECT_EQ(teacher.images->views(), 25);
  EXPECT_EQ(teacher.validation, nullptr) << "what it has seen measures nothing";
  EXPECT_EQ(student.images->size(), 6000);
  EXPECT_EQ(student.images->views(), 1);
  EXPECT_EQ(plan.validation->size(), 5000);
  EXPECT_EQ(plan.test->size(), 10000);
  EXPECT_EQ(plan.temperature, 4);
  EXPECT_EQ(cost(teacher.graph).parameters, 2'395'210);
  // The twin differs from the student in what teaches it, and in nothing else.
  EXPECT_EQ(twin.images->fingerprint(), student.images->fingerprint());
  EXPECT_EQ(twin.seed, student.seed);
  EXPECT_EQ(twin.train.epochs, student.train.epochs);
  ASSERT_EQ(twin.objective.size(), 1U);
  EXPECT_EQ(twin.objective[0].term().name, "cross_entropy");
  EXPECT_EQ(twin.objective[0].term().weight, 1);
}

TEST(Plan, TheStudentsImagesAreBalancedAndNeverValidated) {
  const Plan plan = make_plan(quick());
  std::vector<int64_t> counts(10);
  std::set<std::vector<float>> seen;
  std::vector<float> pixels(784);
  const Dataset& images = *plan.models[2].images;
  for (int64_t i = 0; i < images.size(); ++i) {
    ++counts[static_cast<size_t>(images.label(i))];
    images.read({.index = i}, pixels);
    seen.insert(pixels);
  }
  EXPECT_EQ(counts, std::vector<int64_t>(10, 600));
  for (int64_t i = 0; i < plan.validation->size(); ++i) {
    plan.validation->read({.index = i}, pixels);
    EXPECT_EQ(seen.count(pixels), 0U) << "validation image " << i << " is trained on";
  }
}

TEST(Plan, OfFewLabelsTheStudentAloneSeesEveryImage) {
  const Plan plan = make_plan(
      quick({"data.labelled=30", "data.validation=0", "teacher.big.images.include_validation=false",
             "student.images.per_class=0"}));
  for (const PlannedModel& model : plan.models) {
    std::map<int64_t, int64_t> labels;
    for (int64_t i = 0; i < model.images->size(); ++i) ++labels[model.images->label(i)];
    EXPECT_EQ(model.images->size(), 60000) << model.name << ": as many steps as with all labels";
    if (model.role == "student") {
      EXPECT_EQ(labels[no_label], 60000 - 30);
      EXPECT_EQ(labels[7], 3);
      EXPECT_EQ(model.distinct_images, 60000);
    } else {
      EXPECT_EQ(labels[7], 6000) << "3, each 2000 times";
      EXPECT_EQ(model.distinct_images, 30) << model.name;
    }
  }
  EXPECT_THAT(usage_error({"data.labelled=30"}),
              testing::AllOf(HasSubstr("teacher.big.images.include_validation"),
                             HasSubstr("student.images.per_class: data.labelled chooses")));
  EXPECT_THAT(
      usage_error({"data.labelled=3", "teacher.big.images.include_validation=false",
                   "student.images.per_class=0"}),
      HasSubstr("data.labelled: wanted from 10 (one for each class) to 55000 labels, got 3"));
}

TEST(Plan, SeedsChooseImages) {
  const Plan one = make_plan(quick());
  const Plan again = make_plan(quick());
  const Plan two = make_plan(quick({"seed=2"}));
  EXPECT_EQ(one.models[2].images->fingerprint(), again.models[2].images->fingerprint());
  EXPECT_NE(one.models[2].images->fingerprint().text(), two.models[2].images->fingerprint().text());
  const Plan own = make_plan(quick({"teacher.big.seed=7"}));
  EXPECT_EQ(own.models[0].seed, 7U);
  EXPECT_EQ(own.models[2].seed, 1U);
}

TEST(Plan, WithoutATwinThereIsNone) {
  const Plan plan = make_plan(quick({"twin.enabled=false"}));
  ASSERT_EQ(plan.models.size(), 2U);
  EXPECT_EQ(plan.models[1].name, "student");
}

TEST(Plan, WhatDoesNotFitIsSaid) {
  EXPECT_THAT(usage_error({"objective.1.teacher=bigg"}),
              testing::AllOf(HasSubstr("--set objective.1.teacher"), HasSubstr("'big'?")));
  EXPECT_THAT(usage_error({"objective.1.term=logit_matchin"}), HasSubstr("'logit_matching'"));
  EXPECT_THAT(usage_error({"objective.0.weight=0", "objective.1.weight=0"}),
              HasSubstr("all weights are 0"));
  EXPECT_THAT(usage_error({"teacher.big.file=x.onnx"}), HasSubstr("one of a file, members"));
  EXPECT_THAT(usage_error({"teacher.other.seed=3"}), HasSubstr("no term of the objective reads"));
  EXPECT_THAT(usage_error({"data.classes=['a','b','a']"}), HasSubstr("\"a\" stands there twice"));
  EXPECT_THAT(usage_error({"student.train.optimiser=sgd", "student.train.nesterov=true",
                           "student.train.momentum=0"}),
              HasSubstr("wants a momentum above 0"));
  EXPECT_THAT(usage_error({"name=../x"}), HasSubstr("name: wanted letters"));
  EXPECT_THAT(usage_error({"student.images.per_class=60000"}), HasSubstr("class '0' has"));
  EXPECT_THAT(usage_error({"student.model.dropout=[0.1]"}),
              testing::AllOf(HasSubstr("student"), HasSubstr("wanted 3 numbers")));
  EXPECT_THAT(usage_error({"student.model.normalise.mean=[0.1,0.2]"}), HasSubstr("normalisation"));
  EXPECT_THAT(usage_error({"data.validation=60000"}), HasSubstr("validation"));
  EXPECT_THAT(usage_error({"teacher.big.recorded=true", "teacher.big.recording_top=3",
                           "objective.1.confidence=0.5"}),
              HasSubstr("confidence is judged at T = 1"));
  EXPECT_THAT(usage_error({"objective.1.temperature=0"}), HasSubstr("above 0 .. 1000000, got 0"));
}

TEST(Plan, ResolvedTextReadsBackAsTheSameExperiment) {
  const ExperimentFile file = quick();
  const TomlFile resolved = TomlFile::parse(file.resolved_text(), "resolved");
  const Experiment again = read_settings<Experiment>(resolved);
  EXPECT_EQ(ExperimentFile({again, resolved, ""}).resolved_text(), file.resolved_text());
}

TEST(Estimate, CountsStepsAndParameters) {
  const Estimate estimated = estimate(make_plan(quick()));
  ASSERT_EQ(estimated.models.size(), 3U);
  EXPECT_EQ(estimated.models[0].steps, 8 * (60000 / 256));
  EXPECT_EQ(estimated.models[2].steps, 50 * (6000 / 128));
  EXPECT_EQ(estimated.models[2].cost.parameters, 784 * 300 + 300 + 300 * 300 + 300 + 3010);
  EXPECT_GT(estimated.models[2].seconds, estimated.models[1].seconds)
      << "the student's teacher takes time, too";
  EXPECT_GT(estimated.bytes, 4.0 * 4 * 2'395'210);
}

}  // namespace
}  // namespace retort
