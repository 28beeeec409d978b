#include <algorithm>
#include <set>

#include "retort/result/sweep_result.hpp"

namespace retort {
namespace {

const CellModel* model_of(const CellResult& cell, const std::string& name) {
  const auto found = std::find_if(cell.models.begin(), cell.models.end(),
                                  [&](const CellModel& model) { return model.name == name; });
  return found == cell.models.end() ? nullptr : &*found;
}

void summarise(const std::vector<const CellResult*>& done, SweepRow& row) {
  std::vector<std::string> names;
  std::vector<double> differences;
  std::set<std::string> teachers;
  for (const CellResult* cell : done) {
    for (const CellModel& model : cell->models) {
      if (std::find(names.begin(), names.end(), model.name) == names.end()) {
        names.push_back(model.name);
      }
    }
    for (const CellModel& model : cell->models) {
      if (model.teaches) teachers.insert(model.name);
    }
    const CellModel* student = model_of(*cell, "student");
    const CellModel* twin = model_of(*cell, "twin");
    if (student != nullptr) {
      row.parameters = student->parameters;
      row.macs = student->macs;
    }
    if (student != nullptr && twin != nullptr) {
      differences.push_back(static_cast<double>(student->errors - twin->errors));
    }
    for (const PairedTest& test : cell->paired) {
      if (test.second == "twin") row.largest_p = std::max(row.largest_p, test.p);
    }
  }
  for (const std::string& name : names) {
    std::vector<double> errors;
    for (const CellResult* cell : done) {
      const CellModel* model = model_of(*cell, name);
      if (model != nullptr) errors.push_back(static_cast<double>(model->errors));
    }
    row.errors.emplace_back(name, spread_of(errors));
  }
  row.difference = spread_of(differences);
  if (teachers.size() == 1) row.teacher = *teachers.begin();
}

}  // namespace

std::optional<double> gap_closed(const SweepRow& row) {
  const auto mean = [&](std::string_view name) -> std::optional<double> {
    for (const auto& [model, errors] : row.errors) {
      if (model == name && errors.count > 0) return errors.mean;
    }
    return std::nullopt;
  };
  const auto student = mean("student"), twin = mean("twin"), teacher = mean(row.teacher);
  if (!student || !twin || !teacher) return std::nullopt;
  return gap_closed(*student, *twin, *teacher);
}

bool students_differ_in_size(const SweepResult& sweep) {
  return std::any_of(sweep.rows.begin(), sweep.rows.end(), [&](const SweepRow& row) {
    const SweepRow& first = sweep.rows[0];
    return row.parameters != first.parameters || row.macs != first.macs;
  });
}

void take_result(const RunResult& run, CellResult& cell) {
  cell.models.clear();
  for (const ModelResult& model : run.models) {
    cell.models.push_back({model.name, model.role, model.test.errors, model.test.count,
                           model.teaches, model.parameters, model.macs});
  }
  cell.paired = run.paired;
}

std::vector<SweepRow> rows_of(const std::vector<CellResult>& cells) {
  std::vector<SweepRow> rows;
  std::vector<std::vector<const CellResult*>> done;
  for (const CellResult& cell : cells) {
    auto values = cell.values;
    std::erase_if(values, [](const auto& value) { return value.first == "seed"; });
    size_t at = 0;
    while (at < rows.size() && rows[at].values != values) ++at;
    if (at == rows.size()) {
      rows.push_back({.values = values, .errors = {}, .difference = {}});
      done.emplace_back();
    }
    ++rows[at].cells;
    if (cell.status == "done") done[at].push_back(&cell);
  }
  for (size_t i = 0; i < rows.size(); ++i) summarise(done[i], rows[i]);
  return rows;
}

}  // namespace retort
