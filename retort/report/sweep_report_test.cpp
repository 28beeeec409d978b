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

size_t count_of(const std::string& text, const std::string& part) {
  size_t count = 0;
  for (size_t at = text.find(part); at != std::string::npos; at = text.find(part, at + 1)) ++count;
  return count;
}

TEST(SweepReport, HoldsItsParts) {
  const std::string page = sweep_report_html(made_sweep());
  EXPECT_THAT(page, HasSubstr("58 of 60 cells are done. Varied: widths (2 values)"));
  EXPECT_THAT(page, HasSubstr("In 12 of 12 rows"));
  EXPECT_THAT(page, HasSubstr("temperature, logarithmic"));
  EXPECT_THAT(page, HasSubstr("seed=1/report.html\""));
  EXPECT_THAT(page, HasSubstr("3 of 5"));
  EXPECT_THAT(page, HasSubstr("is nan"));
}

TEST(SweepReport, NothingButSeedsIsOneRowOfDots) {
  SweepResult sweep = made_sweep();
  for (CellResult& cell : sweep.cells)
    cell.values.erase(cell.values.begin(), cell.values.end() - 1);
  sweep.cells.resize(5);
  sweep.fields.erase(sweep.fields.begin(), sweep.fields.end() - 1);
  sweep.rows = rows_of(sweep.cells);
  EXPECT_EQ(sweep.rows.size(), 1U);
  const std::string page = sweep_report_html(sweep);
  EXPECT_THAT(page, Not(HasSubstr("<section id=\"plots\"")));
  EXPECT_THAT(page, AllOf(HasSubstr("<section id=\"dots\""), HasSubstr(">5 seeds</text>")));
}

// The difference is seen on a narrow screen too, and so is whether an expected number holds.
TEST(SweepReport, AnswersStandBeforeWhatTheyAreMadeOf) {
  SweepResult sweep = made_sweep();
  sweep.verdicts = {{.number = "student.errors[]", .value = 95, .least = 0, .most = 90}};
  const std::string page = sweep_report_html(sweep);
  EXPECT_LT(page.find("<th scope=\"col\">student − twin</th>"),
            page.find("<th scope=\"col\" class=\"teacher\">"));
  EXPECT_THAT(page, HasSubstr("</th><td><b>does not hold</b></td><td>95</td><td>0 to 90</td>"));
}

// A field of some rows only is told in those: the others keep a value that sweep.json does not
// have.
TEST(SweepReport, FieldsOfSomeRowsTakeNoColumn) {
  SweepResult sweep = made_sweep();
  sweep.fields.insert(sweep.fields.end() - 1, {"student.train.epochs", "epochs", {"12"}});
  for (CellResult& cell : sweep.cells) {
    if (cell.values[0].second == "[30, 30]") cell.values.emplace_back("student.train.epochs", "12");
  }
  sweep.rows = rows_of(sweep.cells);
  const std::string page = sweep_report_html(sweep);
  EXPECT_THAT(page, Not(HasSubstr("<bdi>epochs</bdi></th>")));
  EXPECT_EQ(count_of(page, "<bdi>[30, 30]</bdi><small><bdi>epochs 12</bdi></small></td>"), 6U);
  EXPECT_EQ(count_of(page, "<td class=\"word\"><bdi>[300, 300]</bdi></td>"), 6U);
}

// So many rows of two seeds, by a field of words.
SweepResult sweep_of_words(int rows) {
  SweepResult sweep{.name = "a", .status = "done", .fields = {{"student.init", "init", {}}}};
  for (int row = 0; row < rows; ++row) {
    for (const char* seed : {"1", "2"}) {
      sweep.cells.push_back(
          {.slug = "c",
           .values = {{"student.init", fmt::format("\"way {}\"", row)}, {"seed", seed}},
           .status = "done",
           .models = {{"big", "teacher", 80, 10000},
                      {"twin", "twin", 140 + row, 10000},
                      {"student", "student", 100 + row, 10000}}});
    }
  }
  sweep.rows = rows_of(sweep.cells);
  return sweep;
}

TEST(SweepReport, RowsWithoutNumbersAreDots) {
  EXPECT_THAT(sweep_report_html(made_sweep()), Not(HasSubstr("<section id=\"dots\"")));
  SweepResult sweep = sweep_of_words(3);
  sweep.cells.back().status = "failed";
  sweep.rows = rows_of(sweep.cells);
  const std::string page = sweep_report_html(sweep);
  EXPECT_THAT(page, AllOf(HasSubstr("<section id=\"dots\""), HasSubstr(">init &quot;way 2&quot;<"),
                          Not(HasSubstr("<section id=\"plots\""))));
  for (const char* role : {"student", "twin", "teacher"}) {
    EXPECT_EQ(count_of(page, std::string("class=\"dot seed ") + role), 5U) << role;
    EXPECT_EQ(count_of(page, std::string("class=\"gap ") + role), 4U) << role;
  }
  EXPECT_THAT(page, Not(HasSubstr("left out")));
}

TEST(SweepReport, OfManyRowsTwentyAreDrawn) {
  const std::string page = sweep_report_html(sweep_of_words(23));
  EXPECT_EQ(count_of(page, "class=\"dot seed student"), 40U);
  EXPECT_THAT(page, HasSubstr("3 more rows are left out"));
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
