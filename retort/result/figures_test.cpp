#include "retort/result/figures.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "retort/base/error.hpp"
#include "retort/result/result_for_tests.hpp"

namespace retort {
namespace {

using testing::HasSubstr;

std::string usage_error(const std::string& name) {
  try {
    figure(full_result(), name);
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ExitCode::usage);
    return error.what();
  }
  return "no error";
}

TEST(Figures, AreThoseOfTheModel) {
  RunResult run = full_result();
  EXPECT_EQ(figure(run, "big.errors"), 1);
  EXPECT_EQ(figure(run, "big.error_rate"), 0.25);
  EXPECT_EQ(figure(run, "big.accuracy"), 0.75);
  EXPECT_EQ(figure(run, "big.nll"), 0.5);
  EXPECT_EQ(figure(run, "big.ece"), 0.0625);
  EXPECT_EQ(figure(run, "big.parameters"), 100);
  EXPECT_EQ(figure(run, "big.macs"), 90);
  EXPECT_EQ(figure(run, "big.right.one"), 0.5);
  EXPECT_EQ(figure(run, "big.usps.errors"), 2);
  EXPECT_EQ(figure(run, "big.usps.accuracy"), 0.75);
  EXPECT_TRUE(std::isnan(figure(run, "student.errors"))) << "not measured";
  run.models[0].name = "fair";
  EXPECT_EQ(figure(run, "fair.error_bound"), 1);
  run.models[0].name = "prior-0.1";
  EXPECT_EQ(figure(run, "prior-0.1.errors"), 1);
}

TEST(Figures, ThatAreNotThereAreRefused) {
  EXPECT_THAT(usage_error("huge.errors"), HasSubstr("models: big, student"));
  EXPECT_THAT(usage_error("errors"), HasSubstr("wanted MODEL.FIGURE"));
  EXPECT_THAT(usage_error("big.error"), HasSubstr("no figure \"error\"; did you mean 'errors'?"));
  EXPECT_THAT(usage_error("big.right.two"), HasSubstr("no class \"two\""));
  EXPECT_THAT(usage_error("big.usp.errors"), HasSubstr("no figure \"usp.errors\""));
  EXPECT_THAT(usage_error("big.usps.error"), HasSubstr("did you mean 'errors'?"));
}

}  // namespace
}  // namespace retort
