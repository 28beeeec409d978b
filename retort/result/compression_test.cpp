#include "retort/result/compression.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <limits>

namespace retort {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

constexpr double nan = std::numeric_limits<double>::quiet_NaN();

Spread single(double number) {
  return {.count = 1, .mean = number, .deviation = nan, .low = nan, .high = nan};
}

// The teacher has 0.99 on the validation images.
CompressedModel student(const std::string& name, int64_t parameters, double latency,
                        double validation) {
  CompressedModel model{.name = name, .file = name + "/student", .parameters = parameters};
  model.macs = parameters;
  model.file_bytes = 4 * parameters;
  model.latency_ms = latency;
  model.latency_all_ms = latency / 2;
  model.accuracy = {single(validation), single(0.9)};
  model.twin = {single(0.8), single(0.7)};
  model.below = {single(0.99 - validation), single(0.01)};
  model.cells = {name};
  model.validation_accuracies = {validation};
  model.test_errors = {10};
  return model;
}

std::vector<CompressedModel> three() {
  return {student("small", 100, 1, 0.95), student("middle", 1000, 2, 0.98),
          student("large", 10000, 3, 0.985)};
}

TEST(ParetoFront, HoldsWhatNoOtherBeats) {
  EXPECT_THAT(pareto_front({{1, 1}, {2, 2}, {3, 1.5}, {4, 3}}),
              ElementsAre(true, true, false, true));
  EXPECT_THAT(pareto_front({{1, 1}, {1, 2}}), ElementsAre(false, true)) << "the same cost";
  EXPECT_THAT(pareto_front({{1, 2}, {3, 2}}), ElementsAre(true, false)) << "the same gain";
  EXPECT_THAT(pareto_front({{1, 1}, {1, 1}}), ElementsAre(true, true)) << "twice the same";
  EXPECT_THAT(pareto_front({{nan, 9}, {1, nan}, {2, 1}}), ElementsAre(false, false, true));
  EXPECT_THAT(pareto_front({}), IsEmpty());
}

TEST(ChooseStudent, WithoutLimitsTheMostAccurate) {
  EXPECT_EQ(choose_student(three(), {}), 2);
  EXPECT_EQ(choose_student({}, {}), std::nullopt);
}

TEST(ChooseStudent, UnderACostTheMostAccurate) {
  EXPECT_EQ(choose_student(three(), {.latency_ms = 2}), 1) << "as much as allowed is allowed";
  EXPECT_EQ(choose_student(three(), {.latency_ms = 1.99}), 0);
  EXPECT_EQ(choose_student(three(), {.parameters = 1000}), 1);
  EXPECT_EQ(choose_student(three(), {.parameters = 999}), 0);
  EXPECT_EQ(choose_student(three(), {.latency_ms = 2.5, .parameters = 100}), 0);
}

TEST(ChooseStudent, UnderALossOfAccuracyTheSmallest) {
  EXPECT_EQ(choose_student(three(), {.accuracy_drop = 1.0}), 1) << "0.99 - 0.98 is not quite 0.01";
  EXPECT_EQ(choose_student(three(), {.accuracy_drop = 0.99}), 2);
  EXPECT_EQ(choose_student(three(), {.accuracy_drop = 10}), 0);
  EXPECT_EQ(choose_student(three(), {.parameters = 5000, .accuracy_drop = 0.7}), std::nullopt);
}

TEST(ChooseStudent, OfEqualsTheQuicker) {
  std::vector<CompressedModel> students = three();
  students.push_back(student("quick", 10000, 2.9, 0.985));
  EXPECT_EQ(choose_student(students, {}), 3);
  EXPECT_EQ(choose_student(students, {.accuracy_drop = 0.5}), 3);
}

TEST(ChooseStudent, WhatWasNotMeasuredKeepsToNoLimit) {
  const CompressedModel unknown = student("unknown", 10, nan, nan);
  EXPECT_EQ(choose_student({unknown}, {.latency_ms = 100}), std::nullopt);
  EXPECT_EQ(choose_student({unknown}, {.accuracy_drop = 100}), std::nullopt);
  EXPECT_THAT(missed_limits(unknown, {.latency_ms = 100, .parameters = 10, .accuracy_drop = 100}),
              ElementsAre(Limit::latency, Limit::accuracy_drop));
}

TEST(NearestStudent, MissesTheFewestLimitsByLeast) {
  EXPECT_EQ(nearest_student(three(), {.parameters = 50}).name, "small");
  EXPECT_EQ(nearest_student(three(), {.latency_ms = 0.5}).name, "small");
  EXPECT_EQ(nearest_student(three(), {.accuracy_drop = 0.1}).name, "large");
  const CompressionLimits both{.parameters = 500, .accuracy_drop = 0.7};
  EXPECT_EQ(nearest_student(three(), both).name, "large") << "small and large miss one limit";
}

TEST(Compression, TheCellOfTheBestSeed) {
  Compression one{.students = three(), .chosen = 1};
  one.students[1].cells = {"seed=1", "seed=2", "seed=3"};
  one.students[1].validation_accuracies = {0.97, 0.99, 0.99};
  one.students[1].test_errors = {30, 20, 10};
  EXPECT_EQ(one.chosen_cell(), "seed=2");
  EXPECT_EQ(one.chosen_errors(), 20);
}

TEST(Compression, ComesBackFromItsFile) {
  Compression one{.name = "tiny", .limits = {.parameters = 5000}, .students = three(), .chosen = 1};
  one.teacher = student("big", 100000, nan, 0.99);
  one.teacher.file = "";
  const Path file = std::filesystem::temp_directory_path() / "retort-compression-test.json";
  write_file(file, compression_json(one));
  const Compression read = read_compression(file);
  EXPECT_EQ(compression_json(read), compression_json(one));
  EXPECT_EQ(read.chosen, 1);
  EXPECT_EQ(read.limits.parameters, 5000);
  EXPECT_FALSE(read.limits.latency_ms);
  EXPECT_TRUE(std::isnan(read.teacher.latency_ms));
  EXPECT_THAT(compression_json(one), testing::HasSubstr(R"("chosen_cell": "middle")"));
  std::filesystem::remove(file);
}

}  // namespace
}  // namespace retort
