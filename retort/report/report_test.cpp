#include "retort/report/report.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>

#include "retort/report/run_for_tests.hpp"

namespace retort {
namespace {

using testing::HasSubstr;
using testing::Not;

size_t count_of(const std::string& text, const std::string& part) {
  size_t count = 0;
  for (size_t at = text.find(part); at != std::string::npos; at = text.find(part, at + 1)) ++count;
  return count;
}

TEST(Report, HoldsEverySection) {
  const std::string page = report_html(made_run(digits()));
  EXPECT_THAT(page, HasSubstr("The student makes 225 errors on 10,000 test images"));
  EXPECT_THAT(page, HasSubstr("Learning from the teacher removed 51"));
  for (const char* id : {"models", "agreement", "targets", "curves", "classes", "confusion",
                         "calibration", "wrong", "time", "settings", "environment"}) {
    EXPECT_EQ(count_of(page, std::string("<section id=\"") + id + "\""), 1) << id;
  }
  EXPECT_THAT(page, HasSubstr("2,395,210"));
  EXPECT_EQ(count_of(page, "data:image/png;base64,"), 24 + 1 + 2 * 10)
      << "wrong images, one with its soft targets, ten pairs";
}

TEST(Report, SaysHowModelsDoOnOtherData) {
  RunResult run = made_run(digits());
  EXPECT_THAT(report_html(run), Not(HasSubstr("On other data")));
  for (ModelResult& model : run.models) model.others = {{"usps", made_scores(10, 200, 1)}};
  const std::string page = report_html(run);
  EXPECT_EQ(count_of(page, "<section id=\"elsewhere\""), 1);
  EXPECT_THAT(page, HasSubstr("<bdi>usps</bdi></th>"));
  EXPECT_THAT(page, HasSubstr("65 of 2,000 wrong"));
}

TEST(Report, SaysWhichImagesWereChosen) {
  RunResult run = made_run(digits());
  EXPECT_THAT(report_html(run), Not(HasSubstr("Images that were chosen")));
  run.choice = ImageChoice{.teacher = "big",
                           .images = 40,
                           .kept = 21,
                           .near_duplicates = 1,
                           .unsure = 7,
                           .per_class = std::vector<int64_t>(10, 2)};
  const std::string page = report_html(run);
  EXPECT_THAT(page, HasSubstr("image left out: as good as a test image"));
  EXPECT_THAT(page, Not(HasSubstr("enough of their class")));
}

TEST(Report, StrangersTextIsNeverMarkup) {
  const std::string page = report_html(hostile_run());
  for (const char* part : {"<script", "<img src=x", "onload=\"", "' style='", "<!--", "\x01",
                           "\x1b", "\u202E", "\xff", "]]></pre>"}) {
    EXPECT_THAT(page, Not(HasSubstr(part)));
  }
  EXPECT_EQ(page.find('\0'), std::string::npos);
  EXPECT_THAT(page, HasSubstr("&lt;script&gt;alert(1)"));
  // Text is never taken for a template.
  EXPECT_THAT(page, HasSubstr("{{title}}"));
  EXPECT_EQ(count_of(page, "</style>"), 1);
  EXPECT_EQ(count_of(page, "</title>"), count_of(page, "<title>"));
}

TEST(Report, LongNamesDoNotFloodThePage) {
  EXPECT_THAT(report_html(hostile_run()), Not(HasSubstr(std::string(600, 'w'))));
  EXPECT_THAT(report_html(hostile_run()), Not(HasSubstr(std::string(600, 'y'))));
}

TEST(Report, ManyClassesAreCutToTheWorst) {
  const std::string page = report_html(hundred_classes_run());
  EXPECT_THAT(page, HasSubstr("The 20 of 100 classes"));
  EXPECT_EQ(count_of(page, "data:image/png;base64,"), 23 + 1 + 2 * 10)
      << "one wrong image of 24 is damaged";
  EXPECT_LT(page.size(), 1'200'000);
}

TEST(Report, SaysWhatTheNumbersAreAndWhichIsNone) {
  const std::string page = report_html(made_run(digits()));
  EXPECT_THAT(page, HasSubstr("Errors<small>after the last step</small>"));
  EXPECT_THAT(page, HasSubstr("<td>204<small>epoch 7</small></td>"));
  EXPECT_THAT(page, HasSubstr("Best on test<small>chosen on the test images: no measure</small>"));
  EXPECT_EQ(count_of(page, "<span class=\"no-measure\">200<small>epoch 9</small></span>"), 3);
  EXPECT_THAT(page, HasSubstr("<small><bdi>hard</bdi></small></th>"));
  EXPECT_EQ(count_of(page, "<td>0.321</td>"), 3);
}

TEST(Report, SaysWhetherStudentAndTwinWereTrainedAlike) {
  RunResult run = made_run(digits());
  EXPECT_THAT(report_html(run),
              HasSubstr("Student and twin: the same 55,000 images, 2,000 steps of 128."));
  run.models[2].training.epochs.pop_back();
  EXPECT_THAT(report_html(run),
              HasSubstr("not trained alike: the student on 55,000 images, 2,000 steps of 128, the "
                        "twin on 55,000 images, 1,900 steps of 128."));
  run.models[2].training.images_fingerprint = "other";
  EXPECT_THAT(report_html(run), HasSubstr("; the images are not the same."));
}

TEST(Report, SaysThatTheStudentLearnsFromItselfAndOfHowManySamples) {
  RunResult run = made_run(digits());
  EXPECT_THAT(report_html(run), Not(HasSubstr("moving average")));
  EXPECT_THAT(report_html(run), Not(HasSubstr("of samples")));
  for (ModelResult& model : run.models) {
    if (model.role != "student") continue;
    model.own_teachers = {{"itself", 0.99}};
    model.training.epochs.back().terms[0].kept = 0.75;
  }
  const std::string page = report_html(run);
  EXPECT_THAT(page,
              HasSubstr("teacher <bdi>itself</bdi> is the moving average of its own weights, of "
                        "which a step keeps at most 99\u00a0%."));
  EXPECT_THAT(page, HasSubstr("<td>75.00\u00a0%</td>"));
}

TEST(Report, SaysWhichClassesTheStudentWinsAndLosesAgainstItsTwin) {
  RunResult run = made_run(digits());
  for (ModelResult& model : run.models) {
    auto& confusion = model.test.confusion;
    for (size_t label = 0; label < confusion.size(); ++label) {
      confusion[label].assign(confusion.size(), 0);
      confusion[label][label] = 100;
    }
    if (model.role == "student") confusion[3][5] = 4;
    if (model.role == "twin") confusion[3][5] = 1, confusion[7][1] = 12, confusion[9][4] = 2;
  }
  EXPECT_THAT(report_html(run),
              HasSubstr("against its twin: it wins <bdi>7</bdi> (12 fewer errors), <bdi>9</bdi> "
                        "(2 fewer errors); it loses <bdi>3</bdi> (3 more)."));
}

TEST(Report, EmptyPartsAreLeftOut) {
  for (const RunResult& run : {minimal_run(), RunResult()}) {
    const std::string page = report_html(run);
    for (const char* id : {"agreement", "targets", "curves", "classes", "confusion", "calibration",
                           "wrong", "time", "settings"}) {
      EXPECT_THAT(page, Not(HasSubstr(std::string("<section id=\"") + id + "\""))) << id;
    }
    EXPECT_THAT(page, HasSubstr("<section id=\"environment\""));
    EXPECT_THAT(page, Not(HasSubstr("nan")));
  }
}

TEST(Report, WithoutValidationOnlyTheLossIsDrawn) {
  RunResult run = made_run(digits());
  for (ModelResult& model : run.models) {
    model.validation = {};
    for (EpochRecord& epoch : model.training.epochs) epoch.validation_accuracy = -1;
  }
  const std::string page = report_html(run);
  EXPECT_THAT(page, HasSubstr("No validation split was measured"));
  EXPECT_THAT(page, HasSubstr("Training loss"));
  EXPECT_THAT(page, Not(HasSubstr("Validation error")));
  EXPECT_THAT(page, Not(HasSubstr("Validation accuracy")));
}

TEST(Report, WithoutTeacherImagesShowTheStudentAlone) {
  RunResult run = made_run(digits());
  std::erase_if(run.models, [](const ModelResult& model) { return model.role == "teacher"; });
  run.agreements.clear();
  for (WrongImage& image : run.wrong_images) image.teacher.clear();
  const std::string page = report_html(run);
  EXPECT_THAT(page, Not(HasSubstr("<b class=\"teacher\">")));
  EXPECT_THAT(page, HasSubstr("<section id=\"wrong\""));
}

TEST(Report, NumbersThatAreNoneAndDamagedRecordsAreDrawn) {
  constexpr double nan = std::numeric_limits<double>::quiet_NaN();
  RunResult run = made_run(digits());
  run.classes.resize(3);
  run.agreements[0].kl = nan;
  run.wrong_images[0].student = {nan};
  run.wrong_images[1].shape = {1, 1'000'000'000'000, 1'000'000'000'000};
  run.wrong_images[2].label = run.wrong_images[2].answer = -5;
  run.wrong_images[3].student = run.wrong_images[3].teacher = {};
  for (ModelResult& model : run.models) {
    model.test.nll = nan;
    model.test.ece = nan;
    model.test.class_accuracy = {nan, 2, -1, nan, nan};
    model.test.confusion.resize(4);
    model.test.confusion[1] = {1};
    model.test.confusion[2] = {-3, -4, -5, -6};
    model.test.calibration[3].accuracy = nan;
    model.test.calibration[4].confidence = 7;
    model.training.epochs[0].loss = nan;
    model.training.epochs[1].loss = -1;
    model.training.epochs[2].validation_accuracy = nan;
    model.training.time.total = nan;
  }
  const std::string page = report_html(run);
  EXPECT_THAT(page, Not(HasSubstr("\"nan")));
  EXPECT_THAT(page, Not(HasSubstr(">nan")));
  EXPECT_THAT(page, Not(HasSubstr("inf\"")));
}

TEST(Report, DamagedSoftTargetsAreDrawn) {
  constexpr double nan = std::numeric_limits<double>::quiet_NaN();
  RunResult run = made_run(digits());
  SoftTargets& targets = run.soft_targets[0];
  targets.classes.resize(3);
  targets.temperature = targets.similarity_temperature = 3;  // of no statistics
  targets.statistics[1].entropy_share = nan;
  targets.statistics[2].far_share = -nan;
  targets.similarity[0][1] = nan;
  targets.similarity[1].resize(1);
  targets.similarity[2].clear();
  targets.examples[0].probabilities[1] = {nan};
  targets.examples[0].answer = targets.examples[0].label = -7;
  targets.pairs[0].first.probabilities.clear();
  targets.pairs[1].second_favours = 1000;
  targets.pairs[2].second.shape = {};
  for (int without = 0; without < 3; ++without) {
    const std::string page = report_html(run);
    EXPECT_THAT(page, Not(HasSubstr("nan ")));
    EXPECT_THAT(page, Not(HasSubstr(">nan")));
    EXPECT_THAT(page, Not(HasSubstr("\"nan")));
    targets.temperatures.clear();
    if (without == 1) targets.statistics.clear();
  }
}

TEST(Report, IsTheSameForTheSameRun) {
  EXPECT_EQ(report_html(made_run(digits())), report_html(made_run(digits())));
}

}  // namespace
}  // namespace retort
