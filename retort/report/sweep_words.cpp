#include "retort/report/sweep_words.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "retort/base/error.hpp"
#include "retort/report/escape.hpp"
#include "retort/report/label_budget.hpp"
#include "retort/report/number_words.hpp"
#include "retort/report/page_models.hpp"
#include "retort/report/sweep_plots.hpp"

namespace retort {

RoledNames models_of(const SweepResult& sweep) {
  RoledNames models;
  for (const std::string_view role : page_roles) {
    for (const CellResult& cell : sweep.cells) {
      for (const CellModel& model : cell.models) {
        const auto known = std::find_if(models.begin(), models.end(),
                                        [&](const auto& one) { return one.first == model.name; });
        if (role_class(model.role) != role || known != models.end()) continue;
        models.emplace_back(model.name, role);
      }
    }
  }
  return models;
}

const Spread* errors_of(const SweepRow& row, std::string_view model) {
  for (const auto& [name, errors] : row.errors) {
    if (name == model && errors.count > 0) return &errors;
  }
  return nullptr;
}

namespace {

int64_t cells_with(const SweepResult& sweep, const char* status) {
  return std::count_if(sweep.cells.begin(), sweep.cells.end(),
                       [&](const CellResult& cell) { return cell.status == status; });
}

std::string cells_sentence(const SweepResult& sweep) {
  std::vector<std::string> fields;
  for (const SweptField& field : sweep.fields) {
    fields.push_back(
        fmt::format("{} ({})", printable(shortened(field.label, 40)),
                    counted(static_cast<int64_t>(field.values.size()), "value", "values")));
  }
  return fmt::format("{} of {} are done. Varied: {}.", thousands(cells_with(sweep, "done")),
                     counted(static_cast<int64_t>(sweep.cells.size()), "cell", "cells"),
                     join(fields));
}

// In how many rows chance does not explain the difference between student and twin.
std::string difference_sentence(const SweepResult& sweep) {
  int64_t rows = 0, better = 0, worse = 0;
  for (const SweepRow& row : sweep.rows) {
    if (row.difference.count < 2) continue;
    ++rows;
    better += row.difference.high < 0 ? 1 : 0;
    worse += row.difference.low > 0 ? 1 : 0;
  }
  if (rows == 0) return "";
  return fmt::format(
      "In {} of {} with two seeds or more the 95 % interval of student − twin lies below zero: "
      "fewer errors. In {} it lies above. Where it holds zero, chance may explain the difference.",
      thousands(better), counted(rows, "row", "rows"), thousands(worse));
}

// Where nothing but the seed was varied: the answer itself.
std::string means_sentence(const SweepRow& row, const RoledNames& models) {
  const auto teachers = std::count_if(models.begin(), models.end(),
                                      [](const auto& one) { return one.second == "teacher"; });
  std::string sentence =
      fmt::format("In the mean of {}", counted(row.errors.front().second.count, "seed", "seeds"));
  bool first = true;
  for (const auto& [name, role] : models) {
    if (role == "teacher" && teachers > 2) continue;  // the table names them all
    const Spread* errors = errors_of(row, name);
    if (errors == nullptr) continue;
    sentence +=
        fmt::format("{} {}{} {:.1f}{}", first ? "" : ",", called(role, name, first, teachers == 1),
                    first ? " makes" : "", errors->mean, first ? " test errors" : "");
    first = false;
  }
  return sentence + ".";
}

// " 69 % of the gap between the twin and the teacher is closed." Empty where there is no gap.
std::string gap_words(const SweepRow& row) {
  const std::optional<double> closed = gap_closed(row);
  if (!closed) return "";
  return fmt::format(" {} of the gap between the twin and the teacher is closed.",
                     percent(*closed, 0));
}

std::string gain_sentence(const SweepRow& row) {
  const Spread* twin = errors_of(row, "twin");
  const Spread& difference = row.difference;
  if (twin == nullptr || difference.count < 2 || twin->mean <= 0) return "";
  const std::string interval = fmt::format("the 95 % interval of student − twin, {:.1f} to {:.1f},",
                                           difference.low, difference.high);
  const std::string change = percent(std::abs(difference.mean) / twin->mean, 0);
  if (difference.high < 0) {
    return fmt::format(
        "Learning from the teacher removed {} of the twin’s errors: {} lies below "
        "zero, so chance does not explain it.{}",
        change, interval, gap_words(row));
  }
  if (difference.low > 0) {
    return fmt::format(
        "Distillation did not help, the student makes {} more errors than its twin: "
        "{} lies above zero, so chance does not explain it.",
        change, interval);
  }
  return fmt::format("Chance may explain the difference between student and twin: {} holds zero.",
                     interval);
}

bool only_seeds(const SweepResult& sweep) {
  return sweep.status == "done" && sweep.rows.size() == 1 && !sweep.rows[0].errors.empty() &&
         sweep.rows[0].errors.front().second.count > 1;
}

// Where one field was varied, a few times: the answer itself. Empty elsewhere.
std::string rows_sentence(const SweepResult& sweep) {
  constexpr size_t most_rows = 6;
  if (sweep.status != "done" || sweep.rows.size() < 2 || sweep.rows.size() > most_rows) return "";
  const Spread* first_twin = errors_of(sweep.rows[0], "twin");
  const bool one_twin = std::all_of(sweep.rows.begin(), sweep.rows.end(), [&](const auto& row) {
    const Spread* twin = errors_of(row, "twin");
    return twin != nullptr && first_twin != nullptr && twin->mean == first_twin->mean;
  });
  std::vector<std::string> parts;
  int64_t seeds = 0;
  for (const SweepRow& row : sweep.rows) {
    const Spread* student = errors_of(row, "student");
    if (student == nullptr || row.values.size() != 1) return "";
    const Spread* twin = errors_of(row, "twin");
    seeds = std::max(seeds, student->count);
    const bool first = parts.empty();
    parts.push_back(fmt::format(
        "{:.1f}{} with {}{}", student->mean, first ? " test errors" : "",
        first ? values_words(sweep, row.values) : shortened(row.values[0].second, 40),
        twin == nullptr || one_twin ? "" : fmt::format(" (its twin {:.1f})", twin->mean)));
  }
  return fmt::format(
      "In the mean of {} the student makes {}{}.", counted(seeds, "seed", "seeds"), join(parts),
      one_twin ? fmt::format("; its twin without a teacher {:.1f}", first_twin->mean) : "");
}

// Where students of one teacher were varied: what each is worth. Empty elsewhere.
std::string students_sentence(const SweepResult& sweep) {
  constexpr size_t most_rows = 8;
  if (sweep.status != "done" || sweep.rows.size() > most_rows) return "";
  std::vector<std::string> parts;
  int64_t seeds = 0;
  const std::string& teacher = sweep.rows[0].teacher;
  const Spread* of_teacher = nullptr;
  for (const SweepRow& row : sweep.rows) {
    const Spread* student = errors_of(row, "student");
    const bool alone = row.values.size() == 1 && row.values[0].first == "student";
    if (!alone || student == nullptr || row.teacher != teacher) return "";
    of_teacher = errors_of(row, teacher);
    seeds = std::max(seeds, student->count);
    const Spread* twin = errors_of(row, "twin");
    parts.push_back(
        fmt::format("{} makes {:.1f} test errors{} with {} parameters",
                    shortened(row.values[0].second, 40), student->mean,
                    twin == nullptr ? "" : fmt::format(" (without the teacher {:.1f})", twin->mean),
                    scaled(static_cast<double>(row.parameters))));
  }
  if (teacher.empty() || of_teacher == nullptr) return "";
  return fmt::format("{} learnt from {}, which makes {:.1f}{}: {}.",
                     counted(static_cast<int64_t>(parts.size()), "student", "students"),
                     shortened(teacher, 40), of_teacher->mean,
                     seeds > 1 ? fmt::format(", in the mean of {} seeds", seeds) : "",
                     join(parts, "; "));
}

}  // namespace

std::pair<std::string, std::string> answer_of(const SweepResult& sweep) {
  if (only_seeds(sweep)) {
    return {means_sentence(sweep.rows[0], models_of(sweep)), gain_sentence(sweep.rows[0])};
  }
  std::vector<std::string> budget = label_budget_sentences(sweep);
  if (!budget.empty()) {
    const std::string first = budget.front();
    budget.erase(budget.begin());
    return {first, fmt::format("{}", fmt::join(budget, " "))};
  }
  const std::string students = students_sentence(sweep);
  const std::string rows = students.empty() ? rows_sentence(sweep) : students;
  if (!rows.empty()) return {rows, difference_sentence(sweep)};
  return {cells_sentence(sweep), difference_sentence(sweep)};
}

}  // namespace retort
