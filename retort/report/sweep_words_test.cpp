#include "retort/report/sweep_words.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace retort {
namespace {

using testing::HasSubstr;

// A cell whose teacher "big" makes 50 errors; the student's are those of its teacher's name.
CellResult cell(const std::string& field, const std::string& value, const std::string& seed,
                int64_t student, int64_t twin) {
  return {.slug = value + seed,
          .values = {{field, value}, {"seed", seed}},
          .status = "done",
          .error = "",
          .models = {{"big", "teacher", 50, 1000, true},
                     {"twin", "twin", twin, 1000},
                     {"student", "student", student, 1000}},
          .paired = {}};
}

SweepResult sweep_of(const std::string& field, std::vector<CellResult> cells) {
  SweepResult sweep{.name = "s",
                    .status = "done",
                    .fields = {{field, "temperature", {}}, {"seed", "seed", {}}},
                    .cells = std::move(cells),
                    .rows = {},
                    .verdicts = {}};
  sweep.rows = rows_of(sweep.cells);
  return sweep;
}

TEST(SweepAnswer, OfFewValuesIsEachStudent) {
  const std::string field = "objective.distillation.temperature";
  const SweepResult sweep =
      sweep_of(field, {cell(field, "1", "1", 90, 100), cell(field, "1", "2", 80, 102),
                       cell(field, "4", "1", 70, 100), cell(field, "4", "2", 60, 102)});
  EXPECT_EQ(answer_of(sweep).first,
            "In the mean of 2 seeds the student makes 85.0 test errors with temperature 1, 65.0 "
            "with 4; its twin without a teacher 101.0.");
  SweepResult undone = sweep;
  undone.status = "failed";
  EXPECT_THAT(answer_of(undone).first, HasSubstr("4 of 4 cells are done"));
}

TEST(SweepAnswer, OfStudentsIsEachOneTheBestFirst) {
  const SweepResult sweep = sweep_of(
      "student", {cell("student", "small", "1", 90, 100), cell("student", "wide", "1", 70, 68)});
  const auto [first, second] = answer_of(sweep);
  EXPECT_EQ(first, "2 students learnt from big (50): wide makes 70 test errors, small 90.");
  EXPECT_EQ(second, "1 of the 2 make fewer errors than the same network without the teacher.");
}

TEST(SweepAnswer, OfSeedsAloneHasTheShareOfTheGap) {
  SweepResult sweep =
      sweep_of("none", {cell("none", "1", "1", 70, 100), cell("none", "1", "2", 72, 102)});
  EXPECT_THAT(answer_of(sweep).second,
              HasSubstr("59\u00A0% of the gap between the twin and the teacher is closed"));
  for (CellResult& one : sweep.cells) one.models[0].errors = 110;  // the twin is the better one
  sweep.rows = rows_of(sweep.cells);
  EXPECT_THAT(answer_of(sweep).second, testing::Not(HasSubstr("gap")));
}

}  // namespace
}  // namespace retort
