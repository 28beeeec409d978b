#include "retort/report/compared_curves.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "retort/report/run_for_tests.hpp"
#include "retort/report/run_names.hpp"

namespace retort {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

size_t count_of(const std::string& text, const std::string& part) {
  size_t count = 0;
  for (size_t at = text.find(part); at != std::string::npos; at = text.find(part, at + 1)) ++count;
  return count;
}

// A run of a student that was trained for so many epochs of so many steps.
ComparedRun trained_run(const std::string& name, int64_t epochs, int64_t steps_of_an_epoch = 100) {
  ComparedRun run{.name = name, .result = made_run(digits()), .differences = {}};
  TrainingRecord& training = run.result.models[1].training;
  training = made_training(epochs, 1, 0.02);
  for (EpochRecord& epoch : training.epochs) epoch.step = epoch.epoch * steps_of_an_epoch;
  return run;
}

TEST(ComparedCurves, OneLineARunInEveryPanelAndANamedLegend) {
  const std::string html = compared_curves_html({trained_run("runs/a", 20), trained_run("b", 10)});
  for (const char* title : {"Test error", "Validation error", "Training loss"}) {
    EXPECT_THAT(html, HasSubstr(std::string("<figcaption>") + title));
  }
  EXPECT_EQ(count_of(html, "class=\"curve line1\""), 3);
  EXPECT_EQ(count_of(html, "class=\"curve line2\""), 3);
  EXPECT_EQ(count_of(html, "class=\"curve "), 6) << "teachers and twins are not drawn";
  EXPECT_THAT(html, HasSubstr("<bdi>runs/a</bdi></li>"));
  EXPECT_THAT(html, HasSubstr("<bdi>b</bdi></li>"));
}

TEST(ComparedCurves, AgainstEpochsOnlyWhereTheyAreAsManySteps) {
  const std::string same = compared_curves_html({trained_run("a", 20), trained_run("b", 10)});
  EXPECT_THAT(same, HasSubstr(">epoch</text>"));
  EXPECT_THAT(same, HasSubstr("as many steps in all runs"));
  // Half as long: its last dot lies in the middle, 46 + (350 - 46) / 2.
  EXPECT_THAT(same, HasSubstr("<circle class=\"dot line2\" cx=\"198\""));
  const std::string others = compared_curves_html({trained_run("a", 10), trained_run("b", 10, 50)});
  EXPECT_THAT(others, HasSubstr(">step</text>"));
  EXPECT_THAT(others, HasSubstr("Against steps"));
  EXPECT_THAT(others, HasSubstr("<circle class=\"dot line2\" cx=\"198\""));
}

TEST(ComparedCurves, MuchLongerRunsMakeTheScaleLogarithmic) {
  const std::string alike = compared_curves_html({trained_run("a", 5), trained_run("b", 40)});
  EXPECT_THAT(alike, Not(HasSubstr("epoch, logarithmic")));
  const std::string html = compared_curves_html({trained_run("a", 10), trained_run("b", 100)});
  EXPECT_EQ(count_of(html, "epoch, logarithmic</text>"), 3);
  EXPECT_THAT(html, HasSubstr("scale is logarithmic"));
  // Ten is half of the way from one to a hundred.
  EXPECT_THAT(html, HasSubstr("<circle class=\"dot line1\" cx=\"198\""));
}

TEST(ComparedCurves, MoreRunsThanColoursAreGreyAndCounted) {
  std::vector<ComparedRun> runs;
  for (int i = 0; i < 8; ++i) runs.push_back(trained_run("run" + std::to_string(i), 5));
  EXPECT_THAT(compared_curves_html(runs), Not(HasSubstr("grey")));
  runs.push_back(trained_run("ninth", 5));
  EXPECT_THAT(compared_curves_html(runs), HasSubstr("</svg> 1 further run</li>"));
  runs.push_back(trained_run("tenth", 5));
  const std::string html = compared_curves_html(runs);
  EXPECT_EQ(count_of(html, "class=\"curve other\""), 6);
  EXPECT_EQ(count_of(html, "<title>tenth</title>"), 3);
  EXPECT_THAT(html, HasSubstr("</svg> 2 further runs</li>"));
  EXPECT_THAT(html, HasSubstr("The first 8 runs have colours"));
  EXPECT_THAT(html, Not(HasSubstr("<bdi>tenth</bdi>")));
}

TEST(ComparedCurves, NamesLackOnlyWhatAllBeginWith) {
  const auto names = [](const std::string& a, const std::string& b) {
    return distinct_names({{a, {}, {}}, {b, {}, {}}});
  };
  EXPECT_THAT(names("runs/s/widths=3,seed=1", "runs/s/widths=3,seed=2"),
              ElementsAre("seed=1", "seed=2"));
  EXPECT_THAT(names("runs/seed=11", "runs/seed=12"), ElementsAre("seed=11", "seed=12"));
  EXPECT_THAT(names("runs/a", "b"), ElementsAre("runs/a", "b"));
  EXPECT_THAT(names("runs/a/", "runs/a/b"), ElementsAre("a/", "a/b"));
  EXPECT_THAT(names("runs/a", "runs/a"), ElementsAre("a", "a"));
  EXPECT_THAT(names("", "runs/a"), ElementsAre("", "runs/a"));
}

TEST(RunNames, OfALongNameTheEndIsKept) {
  EXPECT_EQ(end_of_name("s/seed=1", 8), "s/seed=1");
  EXPECT_EQ(end_of_name("s/seed=1", 7), "…seed=1");
  EXPECT_EQ(end_of_name("ääää", 3), "…ää");
  EXPECT_EQ(end_of_name("", 3), "");
}

TEST(ComparedCurves, WhatWasNotMeasuredIsLeftOutAndSaid) {
  std::vector<ComparedRun> runs = {trained_run("a", 5), trained_run("b", 5)};
  EXPECT_THAT(compared_curves_html(runs), Not(HasSubstr("did not measure")));
  for (EpochRecord& epoch : runs[0].result.models[1].training.epochs) {
    epoch.validation_accuracy = -1;
  }
  EXPECT_THAT(compared_curves_html(runs), HasSubstr("did not measure"));
  for (EpochRecord& epoch : runs[1].result.models[1].training.epochs) {
    epoch.validation_accuracy = -1;
  }
  const std::string html = compared_curves_html(runs);
  EXPECT_THAT(html, Not(HasSubstr("Validation error")));
  EXPECT_THAT(html, Not(HasSubstr("did not measure")));
}

TEST(ComparedCurves, NothingWithoutATrainedStudent) {
  EXPECT_EQ(compared_curves_html({{"a", minimal_run(), {}}, {"b", RunResult(), {}}}), "");
  // A run without one takes no colour from the others.
  EXPECT_THAT(compared_curves_html({{"a", minimal_run(), {}}, trained_run("b", 5)}),
              HasSubstr("class=\"curve line1\""));
}

TEST(ComparedCurves, StrangersTextIsNeverMarkup) {
  const std::string html =
      compared_curves_html({{"<script>\x01", hostile_run(), {}}, trained_run("\u202E", 5)});
  for (const char* part : {"<script", "\x01", "\u202E"}) EXPECT_THAT(html, Not(HasSubstr(part)));
}

}  // namespace
}  // namespace retort
