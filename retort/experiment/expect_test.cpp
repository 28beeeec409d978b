#include "retort/experiment/expect.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "retort/base/error.hpp"

namespace retort {
namespace {

using testing::HasSubstr;

RunResult a_run() {
  RunResult run{.classes = {"a", "b"}};
  const auto add = [&](const char* name, int64_t errors) {
    run.models.push_back({.name = name, .test = {.count = 100, .errors = errors}});
  };
  add("student", 6);
  add("twin", 12);
  return run;
}

ExpectSettings expected(const char* number, double least, double most) {
  return {.number = number, .least = least, .most = most, .source = "the paper says 5"};
}

std::string problem(const ExpectSettings& settings) {
  try {
    check_expectation(settings, {"student", "twin"}, {"a", "b"});
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ExitCode::usage);
    return error.what();
  }
  return "none";
}

TEST(Expect, BandsHoldOrAreNamed) {
  const std::vector<Verdict> verdicts = verdicts_of(
      {expected("student.errors", 0, 6), expected("student.errors / twin.errors", 0.6, 1),
       expected("twin.errors", -HUGE_VAL, 11)},
      a_run());
  EXPECT_TRUE(verdicts[0].holds()) << "a band includes its ends";
  EXPECT_FALSE(verdicts[1].holds());
  EXPECT_EQ(verdicts[1].value, 0.5);
  EXPECT_NO_THROW(check_verdicts({verdicts[0]}));
  try {
    check_verdicts(verdicts);
    FAIL() << "no error";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ExitCode::verification);
    EXPECT_STREQ(
        error.what(),
        "2 of 3 numbers outside their bands: student.errors / twin.errors is 0.5, wanted "
        "0.6 to 1 (the paper says 5); twin.errors is 12, wanted at most 11 (the paper says "
        "5)");
  }
}

TEST(Expect, WhatWasNotMeasuredDoesNotHold) {
  RunResult run = a_run();
  run.models[0].test.count = 0;
  EXPECT_FALSE(verdicts_of({expected("student.errors", 0, 6)}, run)[0].holds());
}

TEST(Expect, WhatNoRunCouldSayIsRefused) {
  EXPECT_EQ(problem(expected("student.right.a", 0.5, 1)), "none");
  EXPECT_THAT(problem(expected("teacher.errors", 0, 1)), HasSubstr("models: student, twin"));
  EXPECT_THAT(problem(expected("student.right.c", 0, 1)), HasSubstr("no class \"c\""));
  EXPECT_THAT(problem(expected("student.errors twin.errors", 0, 1)), HasSubstr("between two"));
  EXPECT_THAT(problem(expected("student.errors", 2, 1)), HasSubstr("least <= most"));
  EXPECT_THAT(problem(expected("student.errors", -HUGE_VAL, HUGE_VAL)),
              HasSubstr("least or a most"));
}

}  // namespace
}  // namespace retort
