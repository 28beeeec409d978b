#include "retort/result/sweep_result.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "retort/result/json_numbers.hpp"

namespace retort {
namespace {

CellResult cell(const std::string& widths, const std::string& seed, int64_t student, int64_t twin,
                double p) {
  return {.slug = "widths=" + widths + ",seed=" + seed,
          .values = {{"student.model.widths", widths}, {"seed", seed}},
          .status = "done",
          .error = "",
          .models = {{"twin", "twin", twin, 100}, {"student", "student", student, 100}},
          .paired = {{"student", "twin", 1, 2, p}, {"student", "big", 1, 2, 0.9}}};
}

SweepResult sample() {
  SweepResult sweep{
      .name = "s",
      .status = "failed",
      .fields = {{"student.model.widths", "widths", {"[8]", "[4]"}}, {"seed", "seed", {"1", "2"}}},
      .cells = {cell("[8]", "1", 10, 14, 0.25), cell("[8]", "2", 12, 20, 0.125),
                cell("[4]", "1", 30, 30, 1), cell("[4]", "2", 0, 0, 0)},
      .rows = {}};
  sweep.cells[3].status = "failed";
  sweep.cells[3].error = "no number";
  sweep.cells[3].exit_code = 6;
  sweep.rows = rows_of(sweep.cells);
  return sweep;
}

TEST(SweepRows, GatherTheSeedsOfTheCellsThatAreDone) {
  const std::vector<SweepRow> rows = sample().rows;
  ASSERT_EQ(rows.size(), 2U);
  EXPECT_EQ(rows[0].cells, 2);
  ASSERT_EQ(rows[0].errors.size(), 2U);
  EXPECT_EQ(rows[0].errors[0].first, "twin");
  EXPECT_EQ(rows[0].errors[0].second.mean, 17);
  EXPECT_EQ(rows[0].errors[1].second.mean, 11);
  EXPECT_EQ(rows[0].difference.mean, -6);  // -4 and -8: paired within their seed
  EXPECT_NEAR(rows[0].difference.deviation, std::sqrt(8.0), 1e-12);
  EXPECT_EQ(rows[0].largest_p, 0.25) << "of the twin, not of the teacher";
  EXPECT_EQ(rows[1].cells, 2);
  EXPECT_EQ(rows[1].difference.count, 1);
  EXPECT_EQ(rows[1].difference.mean, 0);
}

TEST(SweepJson, HoldsWhatOtherProgramsNeed) {
  const Json json = Json::parse(sweep_json(sample()));
  EXPECT_EQ(json.at("schema"), 1);
  EXPECT_EQ(json.at("cells").at(3).at("status"), "failed");
  EXPECT_EQ(json.at("cells").at(3).at("exit_code"), 6);
  EXPECT_TRUE(json.at("cells").at(0).at("error").is_null());
  EXPECT_EQ(json.at("rows").at(0).at("values").at("student.model.widths"), "[8]");
  EXPECT_EQ(json.at("rows").at(0).at("student_minus_twin").at("mean"), -6);
  EXPECT_TRUE(json.at("rows").at(1).at("student_minus_twin").at("standard_deviation").is_null());
}

TEST(SweepJson, ReadsBackTheSame) {
  const Path path = Path(testing::TempDir()) / "sweep_json_test.json";
  write_file(path, sweep_json(sample()));
  EXPECT_EQ(sweep_json(read_sweep_result(path)), sweep_json(sample()));
  write_file(path, "{}");
  EXPECT_THROW(read_sweep_result(path), Error);
  std::filesystem::remove(path);
}

}  // namespace
}  // namespace retort
