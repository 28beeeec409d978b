#include "retort/experiment/sweep.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "retort/experiment/plan_for_tests.hpp"

namespace retort {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;

const Path quick = Path(RETORT_SOURCE_FOLDER) / "experiments" / "mnist-quick.toml";

std::vector<std::string> slugs(const std::vector<std::string>& overrides) {
  std::vector<std::string> names;
  const std::optional<Sweep> sweep = read_sweep(quick, overrides);
  for (const SweepCell& cell : sweep->cells) names.push_back(cell.slug);
  return names;
}

std::string usage_error(const std::vector<std::string>& overrides) {
  return test::usage_error_of([&] { read_sweep(quick, overrides); });
}

TEST(Sweep, ThereIsNoneWithoutItsTable) {
  EXPECT_FALSE(read_sweep(quick).has_value());
  EXPECT_NO_THROW(read_experiment(quick, {"sweep.seed=[1,2]"})) << "the rest is an experiment";
}

TEST(Sweep, IsTheProductOfItsLists) {
  const std::optional<Sweep> sweep =
      read_sweep(quick, {"sweep.seed=[1,2]", "sweep.objective.distillation.temperature=[1,20]",
                         "seed=9", "name=many"});
  ASSERT_EQ(sweep->cells.size(), 4U);
  EXPECT_EQ(sweep->name, "many");
  const SweepCell& last = sweep->cells[3];
  EXPECT_EQ(last.slug, "temperature=20,seed=2");
  EXPECT_EQ(last.experiment.experiment.name, "many,temperature=20,seed=2");
  EXPECT_EQ(last.experiment.experiment.seed, 2);
  EXPECT_EQ(std::get<DistillationTerm>(last.experiment.experiment.objective[1].value).temperature,
            20);
  EXPECT_THAT(last.values, ElementsAre(FieldValue{"objective.distillation.temperature", "20"},
                                       FieldValue{"seed", "2"}));
}

TEST(Sweep, TablesOfCellsAreMultipliedByTheLists) {
  EXPECT_THAT(slugs({"sweep.seed=[1,2]",
                     "sweep.cells=[{ student.model.widths = [30, 30], student.train.epochs = 2 }, "
                     "{ student.model.widths = [] }]"}),
              ElementsAre("widths=30-30,epochs=2,seed=1", "widths=30-30,epochs=2,seed=2",
                          "widths=none,seed=1", "widths=none,seed=2"));
}

TEST(Sweep, ValuesOfAllKinds) {
  EXPECT_THAT(slugs({"sweep.student.train.optimiser=[\"sgd\", 'adam']"}),
              ElementsAre("optimiser=sgd", "optimiser=adam"));
  EXPECT_THAT(slugs({"sweep.student.train.learning_rate=[1e-3, 1e-5]"}),
              ElementsAre("learning_rate=0.001", "learning_rate=1e-05"));
  EXPECT_THAT(slugs({"sweep.student.model=[{ kind = 'mlp', widths = [5] }]"}),
              ElementsAre("model=kind-mlp-widths-5"));
}

TEST(Sweep, RangesHaveTheSameRatioFromValueToValue) {
  EXPECT_THAT(slugs({"sweep.student.model.widths={from=[20, 40],to=[320, 40],count=5}"}),
              ElementsAre("widths=20-40", "widths=40-40", "widths=80-40", "widths=160-40",
                          "widths=320-40"));
  EXPECT_THAT(slugs({"sweep.objective.distillation.temperature={from=16.0,to=1.0,count=3}"}),
              ElementsAre("temperature=16.0", "temperature=4", "temperature=1.0"));
  EXPECT_THAT(slugs({"sweep.student.train.learning_rate={from=0.00123456,to=0.00999999,count=2}"}),
              ElementsAre("learning_rate=0.00123456", "learning_rate=0.00999999"))
      << "the ends are what is written";
  EXPECT_THAT(slugs({"sweep.seed={from=1,to=2,count=9}"}), ElementsAre("seed=1", "seed=2"))
      << "there are no more whole numbers";
  for (const char* range : {"{from=0,to=2,count=3}", "{from=[1],to=2,count=3}",
                            "{from=[1,2],to=[2],count=3}", "{from=\"a\",to=2,count=3}"}) {
    EXPECT_THAT(usage_error({std::string("sweep.student.train.epochs=") + range}),
                HasSubstr("sweep.student.train.epochs: a range wants two numbers above 0"))
        << range;
  }
  EXPECT_THAT(usage_error({"sweep.seed={from=1,to=2,count=1}"}),
              HasSubstr("count: wanted a whole number from 2"));
}

TEST(Sweep, WhatIsWrongIsSaid) {
  EXPECT_THAT(usage_error({"sweep={}"}), HasSubstr("sweep: wanted lists of values"));
  EXPECT_THAT(usage_error({"sweep.seed=[]"}), HasSubstr("wanted at least one value"));
  EXPECT_THAT(usage_error({"sweep.student.train.epochs={from=1,to=4}"}),
              HasSubstr("sweep.student.train.epochs: a range wants from, to and count; there is no "
                        "count"));
  EXPECT_THAT(usage_error({"sweep.seed=3"}), HasSubstr("wanted a list of values, or a range"));
  EXPECT_THAT(usage_error({"sweep.cells=[]"}), HasSubstr("wanted tables [[sweep.cells]]"));
  EXPECT_THAT(usage_error({"sweep.name=['a']"}), HasSubstr("named by its values"));
  EXPECT_THAT(usage_error({"sweep.seed=[1]", "sweep.cells=[{ seed = 2 }]"}),
              HasSubstr("in one of them"));
  EXPECT_THAT(usage_error({"sweep.seed=[1, 1]"}), HasSubstr("the same cell stands there twice"));
  EXPECT_THAT(usage_error({"sweep.seed=[1979-05-27]"}), HasSubstr("date"));
}

TEST(Sweep, WhatIsOfTheWholeSweepIsNotSwept) {
  for (const char* field : {"sweep.seed", "expect.0.most", "sweep.cells"}) {
    EXPECT_THAT(usage_error({std::string("sweep.") + field + "=[5,6]"}),
                HasSubstr("is of the sweep as a whole"))
        << field;
  }
}

TEST(Sweep, TheSameExperimentInOtherWordsIsRefused) {
  EXPECT_THAT(usage_error({"sweep.objective.distillation.temperature=[4,4.0]"}),
              HasSubstr("the same experiment as the cell temperature=4"));
  EXPECT_THAT(usage_error({"sweep.objective.distillation.temperature=[1,2]",
                           "sweep.objective.1.temperature=[3,5]"}),
              HasSubstr("the same experiment as the cell"));
}

TEST(Sweep, ChoicesOfCellsAreOfSweepsAlone) {
  const std::string choice = "expect.0.number=\"student.errors[seed=2]\"";
  EXPECT_NO_THROW(read_sweep(quick, {"sweep.seed=[1,2]", choice}));
  EXPECT_THAT(usage_error({"sweep.seed=[1,3]", choice}), HasSubstr("no cell has seed=2"));
  EXPECT_THAT(usage_error({"sweep.seed=[1,2]", "expect.0.number=\"student.errors[seed=2\""}),
              HasSubstr("expect.0.number: \"student.errors[seed=2\""));
  try {
    read_experiment(quick, {choice});
    ADD_FAILURE() << "no error";
  } catch (const Error& error) {
    EXPECT_THAT(error.what(), HasSubstr("expect.0.number: [...] chooses cells of a sweep"));
  }
}

TEST(Sweep, ProblemsNameTheCellAndTheField) {
  EXPECT_THAT(usage_error({"sweep.sed=[1]"}),
              AllOf(HasSubstr("cell sed=1: "), HasSubstr("did you mean 'seed'")));
  EXPECT_EQ(usage_error({"sweep.objective.distillation.temperature=[0,4]", "sweep.seed=[1,2]"}),
            "cell temperature=0,seed=1 and 1 more: --set "
            "sweep.objective.distillation.temperature: objective.1.temperature: wanted a number "
            "above 0 .. 1000000, got 0");
  EXPECT_THAT(usage_error({"sweep.objective.destillation.temperature=[1]"}),
              HasSubstr("did you mean 'distillation'?"));
}

TEST(CellSlugs, AreSafeAndDifferent) {
  EXPECT_THAT(cell_slugs({{{"a.seed", "1"}, {"b.seed", "2"}}}), ElementsAre("a.seed=1,b.seed=2"));
  EXPECT_THAT(cell_slugs({{{"a", "\"../x y\""}}}), ElementsAre("a=..-x-y"));
  const std::vector<std::string> alike = cell_slugs({{{"a", "\"x/y\""}}, {{"a", "\"x y\""}}});
  EXPECT_NE(alike[0], alike[1]);
  const std::string longest = cell_slugs({{{"a", std::string(1000, 'x')}}})[0];
  EXPECT_LT(longest.size(), 120U);
}

TEST(FieldLabels, AreTheShortestEndingsThatDiffer) {
  EXPECT_THAT(field_labels({"student.train.epochs", "teacher.big.train.epochs", "seed"}),
              ElementsAre("student.train.epochs", "big.train.epochs", "seed"));
}

}  // namespace
}  // namespace retort
