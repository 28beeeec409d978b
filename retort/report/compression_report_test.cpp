#include "retort/report/compression_report.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "retort/report/compression_words.hpp"
#include "retort/report/sweep_for_tests.hpp"

namespace retort {
namespace {

using testing::AllOf;
using testing::EndsWith;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

Accuracies accuracies(double validation, double test) {
  return {spread_of({validation}), spread_of({test})};
}

CompressedModel model(const std::string& name, int64_t parameters, double latency,
                      double accuracy) {
  CompressedModel one{.name = name, .file = name, .parameters = parameters};
  one.macs = 2 * parameters;
  one.file_bytes = 4 * parameters;
  one.latency_ms = latency;
  one.latency_all_ms = latency / 2;
  one.accuracy = accuracies(accuracy, accuracy);
  one.twin = accuracies(accuracy - 0.01, accuracy - 0.01);
  one.below = accuracies(0.99 - accuracy, 0.99 - accuracy);
  one.cells = {name + ",seed=1"};
  one.validation_accuracies = {accuracy};
  one.test_errors = {1};
  return one;
}

Compression example() {
  Compression one{
      .name = "photos",
      .students = {model("widths=100", 80000, 0.5, 0.98), model("widths=10", 8000, 0.1, 0.95)}};
  one.teacher = model("big", 1200000, 1, 0.99);
  one.chosen = 1;
  return one;
}

TEST(CompressionWords, TheAnswer) {
  Compression one = example();
  EXPECT_EQ(compression_sentence(one),
            "The student with widths=10 is 150 times smaller, 10 times faster and 4.00 points less "
            "accurate than its teacher big.");
  one.teacher.latency_ms = std::nan("");
  one.teacher.parameters = 4000;
  one.students[1].below = {spread_of({}), spread_of({-0.01, -0.02})};
  EXPECT_EQ(compression_sentence(one),
            "The student with widths=10 is 2 times larger and 1.50 points more accurate than its "
            "teacher big (95 % interval over 2 seeds: -7.85 to 4.85).");
  one.teacher.parameters = 8100;
  one.teacher.latency_ms = 0.099;
  EXPECT_THAT(compression_sentence(one), HasSubstr(" is about as large, about as fast and "));
}

TEST(CompressionWords, WhyThisOne) {
  Compression one = example();
  EXPECT_THAT(choice_sentence(one), StartsWith("Without limits: of 2 students it is the most "
                                               "accurate on the validation images."));
  EXPECT_THAT(choice_sentence(one), EndsWith("is that of widths=10,seed=1: 1 error on the test "
                                             "images."));
  one.limits = {.latency_ms = 0.25, .parameters = 10000, .accuracy_drop = 5};
  EXPECT_THAT(choice_sentence(one),
              StartsWith("Asked for: at most 0.25 ms, at most 10,000 parameters, at most 5 points "
                         "below the teacher on the validation images. Of 2 students 1 keeps to it; "
                         "of these it has the fewest parameters."));
}

TEST(CompressionWords, NoneKeepsToTheLimits) {
  Compression one = example();
  one.chosen.reset();
  one.limits = {.latency_ms = 0.05, .accuracy_drop = 1};
  EXPECT_EQ(compression_sentence(one),
            "None of 2 students keeps to at most 0.05 ms, at most 1 point below the teacher on the "
            "validation images; the nearest, widths=100, has 0.5 ms.");
  EXPECT_EQ(choice_sentence(one), "");
}

TEST(CompressionReport, HoldsItsParts) {
  Compression one = example();
  one.limits = {.parameters = 50000, .accuracy_drop = 4.5};
  const std::string page = compression_report_html(one, made_sweep());
  EXPECT_THAT(page, HasSubstr("<p class=\"summary\">The student with widths=10 is 150 times"));
  EXPECT_THAT(page, HasSubstr("<section id=\"costs\""));
  EXPECT_THAT(page, HasSubstr("<section id=\"rows\""));
  EXPECT_THAT(page, HasSubstr(">chosen</text>"));
  EXPECT_THAT(page, HasSubstr("class=\"ideal\""));
  EXPECT_THAT(page, HasSubstr("<small>misses a limit</small>"));
  for (const char* panel : {"Latency", "Parameters", "Multiply-accumulates", "File size"}) {
    EXPECT_THAT(page, HasSubstr(std::string("<figcaption>") + panel + "</figcaption>"));
  }
  EXPECT_THAT(page, AllOf(Not(HasSubstr(">nan<")), Not(HasSubstr("nan\u00A0%"))));
}

TEST(CompressionReport, WhatWasNotMeasuredHasNoDot) {
  Compression one = example();
  one.teacher.latency_ms = one.teacher.latency_all_ms = std::nan("");
  one.teacher.file_bytes = 0;
  one.teacher.accuracy.validation = spread_of({});
  one.students.resize(1);
  one.students[0].name = "<b>\"&";
  one.chosen.reset();
  const std::string page = compression_report_html(one, made_sweep());
  EXPECT_THAT(page, AllOf(Not(HasSubstr("dot teacher")), Not(HasSubstr("<b>"))));
  EXPECT_THAT(page, AllOf(Not(HasSubstr(">nan<")), Not(HasSubstr("nan\u00A0%"))));
}

}  // namespace
}  // namespace retort
