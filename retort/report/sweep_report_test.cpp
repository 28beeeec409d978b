#include "retort/report/sweep_report.hpp"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "retort/report/comparison.hpp"
#include "retort/report/run_for_tests.hpp"
#include "retort/report/sweep_for_tests.hpp"

namespace retort {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

TEST(SweepReport, HoldsItsParts) {
  const std::string page = sweep_report_html(made_sweep());
  EXPECT_THAT(page, HasSubstr("58 of 60 cells are done. Varied: widths (2 values)"));
  EXPECT_THAT(page, HasSubstr("In 12 of 12 rows"));
  EXPECT_THAT(page, HasSubstr("temperature, logarithmic"));
  EXPECT_THAT(page, HasSubstr("seed=1/report.html\""));
  EXPECT_THAT(page, HasSubstr("3 of 5"));
  EXPECT_THAT(page, HasSubstr("is nan"));
}

TEST(SweepReport, NothingButSeedsIsNotDrawn) {
  SweepResult sweep = made_sweep();
  for (CellResult& cell : sweep.cells)
    cell.values.erase(cell.values.begin(), cell.values.end() - 1);
  sweep.cells.resize(5);
  sweep.fields.erase(sweep.fields.begin(), sweep.fields.end() - 1);
  sweep.rows = rows_of(sweep.cells);
  EXPECT_EQ(sweep.rows.size(), 1U);
  EXPECT_THAT(sweep_report_html(sweep), Not(HasSubstr("<section id=\"plots\"")));
}

// Where only the seed was varied, the page begins with the answer.
TEST(SweepReport, SeedsAloneGiveMeansAndTheirDifference) {
  SweepResult sweep{.name = "a", .status = "done", .fields = {{"seed", "seed", {"1", "2", "3"}}}};
  const auto seeds = [&](const std::vector<int64_t>& students) {
    sweep.cells.clear();
    for (size_t i = 0; i < students.size(); ++i) {
      sweep.cells.push_back({.slug = fmt::format("seed={}", i + 1),
                             .values = {{"seed", fmt::to_string(i + 1)}},
                             .status = "done",
                             .models = {{"big", "teacher", 80, 10000},
                                        {"twin", "twin", 140, 10000},
                                        {"student", "student", students[i], 10000}}});
    }
    sweep.rows = rows_of(sweep.cells);
    return sweep_report_html(sweep);
  };
  EXPECT_THAT(seeds({90, 100, 95}),
              AllOf(HasSubstr("In the mean of 3 seeds the student makes 95.0 test errors, its twin "
                              "without a teacher 140.0, the teacher 80.0."),
                    HasSubstr("removed 32"), HasSubstr("lies below zero"),
                    HasSubstr("<a href=\"seed=1/report.html\">")));
  EXPECT_THAT(seeds({130, 150, 141}), HasSubstr("Chance may explain"));
  EXPECT_THAT(seeds({180, 190, 185}), HasSubstr("the student makes 32"));
}

TEST(SweepReport, StrangersTextIsNeverMarkup) {
  const std::string page = sweep_report_html(hostile_sweep());
  for (const char* part : {"<script", "\x01", "\u202E"}) EXPECT_THAT(page, Not(HasSubstr(part)));
}

TEST(SweepReport, AnEmptySweepIsAPage) {
  const std::string page = sweep_report_html({});
  EXPECT_THAT(page, HasSubstr("0 of 0 cells are done"));
  EXPECT_THAT(page, Not(HasSubstr("nan")));
}

TEST(Comparison, HoldsEveryRunAndItsDifferences) {
  const std::string page =
      comparison_html({{"runs/a", made_run(digits()), {}},
                       {"runs/b", made_run(digits()), {"seed: 1 -> 2", "<script>: 3 -> 4"}}});
  EXPECT_THAT(page, HasSubstr("2 runs side by side"));
  EXPECT_THAT(page, HasSubstr("<small><bdi>student</bdi></small>"));
  EXPECT_THAT(page, HasSubstr("<section id=\"curves\""));
  EXPECT_THAT(page, HasSubstr("seed: 1 -&gt; 2"));
  EXPECT_THAT(page, Not(HasSubstr("<script")));
}

TEST(Comparison, LongNamesStayApartAndAdjustedModelsAreNamed) {
  const std::string folder = "runs/a-folder-with-a-name-that-fills-all-of-the-room-that-there-is/";
  RunResult run = made_run(digits());
  ModelResult fair = run.models.back();
  fair.name = "fair";
  fair.role = "adjusted";
  run.models.push_back(fair);
  const std::string page =
      comparison_html({{folder + "seed=1", run, {}}, {folder + "seed=2", run, {"seed: 1 -> 2"}}});
  EXPECT_THAT(page, Not(HasSubstr("that-fills")));
  EXPECT_THAT(page, HasSubstr("<th scope=\"row\"><bdi>seed=1</bdi><small>"));
  EXPECT_THAT(page, AllOf(HasSubstr("From <bdi>seed=1</bdi>"), HasSubstr("<h3><bdi>seed=2</bdi>")));
  EXPECT_THAT(page, HasSubstr("<li class=\"adjusted\"><svg"));
}

}  // namespace
}  // namespace retort
