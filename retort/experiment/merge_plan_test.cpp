#include "retort/experiment/merge_plan.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "retort/experiment/plan_for_tests.hpp"

namespace retort {
namespace {

using test::model_of;
using testing::HasSubstr;

const Path source_folder = RETORT_SOURCE_FOLDER;

Plan plan_of(const std::vector<std::string>& overrides = {}) {
  return make_plan(read_experiment(source_folder / "experiments" / "merge-mnist.toml", overrides));
}

std::string usage_error(const std::vector<std::string>& overrides) {
  return test::usage_error_of([&] { plan_of(overrides); });
}

TEST(MergePlan, ATeacherOfSomeClassesSeesAndAnswersOnlyThese) {
  const Plan plan = plan_of();
  const PlannedModel& low = model_of(plan, "low");
  EXPECT_EQ(low.known, (Classes{"0", "1", "2", "3", "4"}));
  EXPECT_EQ(low.graph.classes, low.known);
  EXPECT_EQ(low.graph.shape("logits"), Shape{5});
  EXPECT_EQ(low.images->size(), 30596) << "as many training images of MNIST are 0 to 4";
  EXPECT_EQ(low.test->size(), 5139);
}

TEST(MergePlan, TheRecommendedRuleGoesByWhatIsKnown) {
  EXPECT_EQ(rule_name(model_of(plan_of(), "both").merge->rule), "gated")
      << "a teacher tells them apart";
  const Plan without = plan_of({"teacher.both.rule=\"concatenate\""});
  EXPECT_THROW(model_of(without, "whose"), std::out_of_range) << "nobody asks it";
}

TEST(MergePlan, TheGateLearnsWhoseImageItIs) {
  const Plan plan = plan_of();
  const PlannedModel& gate = model_of(plan, "whose");
  EXPECT_EQ(gate.role, "gate");
  EXPECT_EQ(gate.graph.classes, (Classes{"low", "high"}));
  EXPECT_EQ(gate.images->size(), 60000);
  for (const int64_t i : {0, 30595, 30596, 59999}) {
    EXPECT_EQ(gate.images->label(i), i < 30596 ? 0 : 1);
  }
}

TEST(MergePlan, LabelsServeAsPoolsAlone) {
  const Plan plan = plan_of({"teacher.both.rule=\"pools\""});
  const Dataset& images = *plan.models.back().images;
  EXPECT_EQ(images.pools(), (Classes{"low", "high"}));
  for (int64_t i = 0; i < 100; ++i) EXPECT_EQ(images.pool(i), images.label(i) < 5 ? 0 : 1);
  for (const TermSettings& term : plan.models.back().objective) {
    for (const std::string& name : term.term().reads) EXPECT_NE(name, "target/class");
  }
}

TEST(MergePlan, AFewLabelsAreTheStudentsAndTheTeachersButPoolsAreOfAll) {
  const Plan plan = plan_of({"data.labelled=100", "teacher.both.rule=\"pools\""});
  const Dataset& images = *plan.models.back().images;
  const Dataset& all = *plan.training;
  ASSERT_EQ(images.size(), 60000);
  int64_t labelled = 0;
  for (int64_t i = 0; i < images.size(); ++i) {
    labelled += images.label(i) == no_label ? 0 : 1;
    EXPECT_EQ(images.pool(i), all.label(images.source_index(i)) < 5 ? 0 : 1);
  }
  EXPECT_EQ(labelled, 100);
  EXPECT_EQ(model_of(plan, "low").distinct_images, 50);
  EXPECT_EQ(model_of(plan, "twin").distinct_images, 100);
}

// An image of a class that both know is nobody's alone.
TEST(MergePlan, TheGateIsMeasuredWhereOneTeacherKnowsTheClass) {
  const std::vector<std::string> shared = {
      "data.validation=1000", "teacher.high.classes=[\"4\", \"5\", \"6\", \"7\", \"8\", \"9\"]"};
  const Plan plan = plan_of(shared);
  EXPECT_EQ(model_of(plan, "whose").test->size(), 10000 - 982) << "982 test images are fours";
  EXPECT_NE(model_of(plan, "whose").validation, nullptr);
  std::vector<std::string> seen = shared;
  seen.emplace_back("teacher.low.images.include_validation=true");
  EXPECT_EQ(model_of(plan_of(seen), "whose").validation, nullptr);
  EXPECT_EQ(model_of(plan, "whose").distinct_images, 59000);
}

TEST(MergePlan, AFewLabelsAreTheGatesToo) {
  const Plan plan = plan_of({"data.labelled=100"});
  const Dataset& images = *model_of(plan, "whose").images;
  EXPECT_EQ(images.size(), 60000) << "an epoch is as long";
  std::set<int64_t> distinct;
  for (int64_t i = 0; i < images.size(); ++i) distinct.insert(images.source_index(i));
  EXPECT_EQ(distinct.size(), 100U);
  EXPECT_EQ(model_of(plan, "whose").distinct_images, 100);
}

TEST(MergePlan, AGateByFeaturesComparesWithTheTeachersOwnLabelledImagesOnceEach) {
  std::vector<std::string> overrides = {"teacher.both.rule=\"gated\"",
                                        "teacher.both.gate=\"feature_distance\""};
  const Plan plan = plan_of(overrides);
  EXPECT_THROW(model_of(plan, "whose"), std::out_of_range) << "nobody asks it";
  EXPECT_EQ(model_of(plan, "both").merge->own->size(), 60000);
  overrides.emplace_back("data.labelled=100");
  const PlannedMerge few = *model_of(plan_of(overrides), "both").merge;
  EXPECT_EQ(few.own->size(), 100);
  EXPECT_EQ(few.own->classes(), (Classes{"low", "high"}));
  overrides.back() = "data.labelled=20";
  EXPECT_THAT(usage_error(overrides),
              HasSubstr("teacher.both.gate: feature_distance wants 20 labelled images"));
}

TEST(MergePlan, AClassThatNoTeacherKnowsIsAMemberOfItsOwn) {
  std::vector<std::string> overrides = {"teacher.both.none=\"9\"",
                                        "teacher.high.classes=[\"5\", \"6\", \"7\", \"8\"]",
                                        "teacher.whose.tells_apart=[\"low\", \"high\", \"9\"]"};
  const Plan gated = plan_of(overrides);
  EXPECT_EQ(rule_name(model_of(gated, "both").merge->rule), "gated");
  const Dataset& told = *model_of(gated, "whose").images;
  EXPECT_EQ(told.classes(), (Classes{"low", "high", "9"}));
  EXPECT_EQ(told.size(), 60000);
  EXPECT_EQ(told.label(59999), 2) << "the images of none come last";
  overrides.emplace_back("teacher.both.rule=\"pools\"");
  const Plan pools = plan_of(overrides);
  const Dataset& images = *pools.models.back().images;
  const Dataset& all = *pools.training;
  for (int64_t i = 0; i < 100; ++i) {
    const int64_t label = all.label(images.source_index(i));
    EXPECT_EQ(images.pool(i), label == 9 ? 2 : label < 5 ? 0 : 1);
  }
}

TEST(MergePlan, AClassOfSeveralTeachersIsInThePoolOfOneByTheImagesNumber) {
  const Owners owners({"a", "b", "c"}, {{"a", "b"}, {"b", "c"}});
  EXPECT_EQ(owners.of_image(0, 7), 0);
  EXPECT_EQ(owners.of_image(1, 6), 0);
  EXPECT_EQ(owners.of_image(1, 7), 1);
  EXPECT_EQ(owners.of_image(no_label, 7), no_label);
}

TEST(MergePlan, RenamesClassesOfAFile) {
  Classes classes = {"crane", "dog"};
  rename_classes(classes, {"crane=bird"});
  EXPECT_EQ(classes, (Classes{"bird", "dog"}));
  Classes odd = {"a=b", "c"};
  rename_classes(odd, {"a=b=d=e"});
  EXPECT_EQ(odd, (Classes{"d=e", "c"}));
  EXPECT_THROW(rename_classes(classes, {"cat=dog"}), Error);
  EXPECT_THROW(rename_classes(classes, {"bird"}), Error);
  EXPECT_THROW(rename_classes(classes, {"bird=dog"}), Error) << "two of one name";
}

TEST(MergePlan, SaysInOneLineWhatDoesNotFit) {
  const std::pair<std::vector<std::string>, const char*> cases[] = {
      {{"teacher.both.merge=[\"low\", \"hihg\"]"}, "no teacher \"hihg\""},
      {{"teacher.high.classes=[\"5\", \"6\", \"7\", \"8\"]"},
       "teacher.both.merge: none of low, high knows \"9\""},
      {{"teacher.high.classes=[\"banana\"]"}, "there is no class \"banana\""},
      {{"teacher.high.classes=[\"5\", \"6\", \"5\"]"},
       "classes: the name \"5\" stands there twice"},
      {{"teacher.low.images.classes=[\"7\"]"}, "none of the training images has a label of 0, 1"},
      {{"teacher.both.rule=\"calibrated\"", "teacher.both.prior=[\"0=0.5\", \"1=0.2\"]"},
       "wanted the share of each of 10 classes, got 2"},
      {{"teacher.both.rule=\"calibrated\"", "teacher.both.prior=[\"0=0.5\", \"1=0.6\"]"},
       "sum to 1.1"},
      {{"teacher.both.rule=\"gated\"", "teacher.both.gate=\"enrgy\""}, "wanted energy"},
      {{"teacher.both.rule=\"pools\"", "student.train.mix=\"mixup\""},
       "an image mixed of two has no pool"},
      {{"teacher.both.rule=\"calibrated\"", "teacher.both.fitted_to=\"labels\"",
        "teacher.both.prior=[\"0=0.5\"]"},
       "teacher.both.prior: is not read where fitted_to"},
      {{"teacher.both.rule=\"calibrated\"", "teacher.both.fitted_to=\"labels\"",
        "student.images.classes=[\"7\"]"},
       "none is one of \"low\" (0, 1, 2, 3, 4)"},
      {{"teacher.whose.images.per_class=10"}, "teacher.whose.images: a network that tells"},
      {{"teacher.both.none=\"ten\"", "teacher.both.rule=\"pools\""}, "have no class \"ten\""},
      {{"teacher.both.none=\"9\"", "teacher.both.rule=\"pools\""},
       "\"9\" is a class that high knows"},
      {{"teacher.both.none=\"low\""}, "\"low\" is a teacher"},
      {{"teacher.both.none=\"9\"", "teacher.high.classes=[\"5\", \"6\", \"7\", \"8\"]",
        "teacher.both.rule=\"concatenate\""},
       "by concatenate nothing says which images"},
      {{"teacher.both.none=\"9\"", "teacher.high.classes=[\"5\", \"6\", \"7\", \"8\"]",
        "teacher.both.rule=\"pools\"", "student.images.classes=[\"1\", \"5\"]"},
       "labelled \"9\" (train/9), got none"},
      {{"teacher.low.none=\"9\""}, "teacher.low.none: is said of a merge"},
      {{"teacher.low.rule=\"pools\""}, "is said of a merge"},
  };
  for (const auto& [overrides, wanted] : cases) {
    EXPECT_THAT(usage_error(overrides), HasSubstr(wanted)) << overrides.front();
  }
}

}  // namespace
}  // namespace retort
