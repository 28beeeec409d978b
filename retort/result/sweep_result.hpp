#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "retort/result/run_result.hpp"
#include "retort/result/statistics.hpp"

namespace retort {

/// A field of a sweep with the values that its cells have, as they are written.
struct SweptField {
  std::string field;  // "objective.distillation.temperature"
  std::string label;  // "temperature"
  std::vector<std::string> values;
};

/// What a cell has of one model.
struct CellModel {
  std::string name, role;
  int64_t errors = 0;
  int64_t count = 0;  // test images
  bool teaches = false;
  int64_t parameters = 0, macs = 0;  // of one answer
};

/// One combination of a sweep's values, and what came of it.
struct CellResult {
  std::string slug;                                         // its run folder in the sweep's
  std::vector<std::pair<std::string, std::string>> values;  // of the fields, as they are written
  std::string status = "waiting";  // waiting | running | done | interrupted | failed
  std::string error;               // of a cell that failed
  int exit_code = 0;
  std::vector<CellModel> models;
  std::vector<PairedTest> paired;
};

/// The cells that differ in their seed alone, together; of those that are done.
struct SweepRow {
  std::vector<std::pair<std::string, std::string>> values;  // without the seed
  int64_t cells = 0;                                        // done or not
  std::vector<std::pair<std::string, Spread>> errors;       // of each model, teachers first
  Spread difference;      // errors of the student - errors of its twin, of the same cell
  std::string teacher;    // the one that its students learn from; empty: several, or none
  double largest_p = -1;  // of McNemar's test of student and twin; -1: no twin
  int64_t parameters = 0, macs = 0;  // of the student
};

/// All that a sweep found out: sweep.json and its report.html.
struct SweepResult {
  std::string name;
  std::string status = "running";  // running | done | interrupted | failed (a cell did)
  std::vector<SweptField> fields;  // the seed last
  std::vector<CellResult> cells;
  std::vector<SweepRow> rows;
  std::vector<Verdict> verdicts;  // of the expected numbers, once every cell has ended
};

/// gap_closed of a row's means.
std::optional<double> gap_closed(const SweepRow& row);

/// Whether the students of some rows have other costs than those of others.
bool students_differ_in_size(const SweepResult& sweep);

/// Puts what a run found out into its cell.
void take_result(const RunResult& run, CellResult& cell);

/// The rows of a sweep's cells, in their order.
std::vector<SweepRow> rows_of(const std::vector<CellResult>& cells);

/// sweep.json (schema 1, docs/sweep.md), and back. NaN becomes null.
std::string sweep_json(const SweepResult& sweep);
/// Throws Error (data) when the file is missing or is no such record.
SweepResult read_sweep_result(const Path& path);

}  // namespace retort
