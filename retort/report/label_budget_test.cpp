#include "retort/report/label_budget.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace retort {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

// Two seeds for each number of labels: student and twin make these errors, and one more of both.
SweepResult sweep_of(const std::vector<std::array<int64_t, 3>>& budgets) {
  SweepResult sweep{.name = "s", .fields = {}, .cells = {}, .rows = {}, .verdicts = {}};
  for (const auto& [labels, student, twin] : budgets) {
    for (const int64_t seed : {0, 1}) {
      sweep.cells.push_back(
          {.slug = "",
           .values = {{"data.labelled", std::to_string(labels)}, {"seed", std::to_string(seed)}},
           .status = "done",
           .error = "",
           .models = {{"twin", "twin", twin + seed, 10000},
                      {"student", "student", student + seed, 10000}},
           .paired = {}});
    }
  }
  sweep.rows = rows_of(sweep.cells);
  return sweep;
}

TEST(LabelBudget, SaysHowManyLabelsDistillationSaves) {
  // Halfway from 100 to 10,000 along their logarithm the twin makes 600 errors.
  EXPECT_THAT(
      label_budget_sentences(sweep_of({{100, 600, 1000}, {10000, 150, 200}})),
      ElementsAre("With 100 labels the student makes 600 errors, labels alone 1000: "
                  "distillation with 100 labels equals about 1,000 without.",
                  "With 10,000 labels the student makes 150 errors, labels alone 200: as "
                  "few as labels alone reach with none of the numbers tried, up to 10,000."));
}

// More labels may be worse than fewer.
TEST(LabelBudget, GoesByTheFewestLabelsThatWereEnough) {
  const auto sentences =
      label_budget_sentences(sweep_of({{1000, 300, 500}, {5000, 190, 200}, {10000, 180, 310}}));
  EXPECT_THAT(sentences[0], HasSubstr("equals about 2,900 without"));
  EXPECT_THAT(sentences[1], HasSubstr("with none of the numbers tried, up to 10,000"));
}

TEST(LabelBudget, HidesNoLoss) {
  const auto sentences = label_budget_sentences(sweep_of({{100, 600, 1000}, {10000, 300, 200}}));
  EXPECT_THAT(sentences[1], HasSubstr("distillation does not help there"));
  SweepResult level = sweep_of({{100, 600, 1000}, {10000, 200, 200}});
  level.cells[2].models[1].errors += 7;
  level.cells[3].models[1].errors -= 7;
  level.rows = rows_of(level.cells);
  EXPECT_THAT(label_budget_sentences(level)[1], HasSubstr("level, chance may explain"));
}

TEST(LabelBudget, IsOfLabelsAlone) {
  EXPECT_THAT(label_budget_sentences(sweep_of({{100, 600, 1000}})), IsEmpty());
  SweepResult more = sweep_of({{100, 600, 1000}, {10000, 150, 200}});
  for (CellResult& cell : more.cells) cell.values.emplace_back("student.model.widths", "[8]");
  more.rows = rows_of(more.cells);
  EXPECT_THAT(label_budget_sentences(more), IsEmpty());
}

}  // namespace
}  // namespace retort
