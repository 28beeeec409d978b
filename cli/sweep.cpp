#include "cli/sweep.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace retort::cli {
namespace {

// "252.4 ± 8.3 [244.1, 260.7]"; one number stands alone.
std::string spread_text(const Spread& spread) {
  if (spread.count == 0) return "-";
  if (spread.count == 1) return fmt::format("{:.0f}", spread.mean);
  return fmt::format("{:.1f} ± {:.1f} [{:.1f}, {:.1f}]", spread.mean, spread.deviation, spread.low,
                     spread.high);
}

std::string value_in(const std::vector<std::pair<std::string, std::string>>& values,
                     const std::string& field) {
  for (const auto& [name, value] : values) {
    if (name == field) return printable(value);
  }
  return "-";
}

std::string errors_of(const SweepRow& row, const std::string& model) {
  for (const auto& [name, spread] : row.errors) {
    if (name == model) return spread_text(spread);
  }
  return "-";
}

}  // namespace

void add_jobs(CLI::App& verb, int64_t& jobs) {
  verb.add_option("--jobs", jobs,
                  "cells of a sweep side by side, each in a process with its share of the threads")
      ->check(CLI::Range(1, 1024))
      ->type_name("N")
      ->capture_default_str();
}

std::string sweep_table(const SweepResult& sweep) {
  std::vector<std::string> models;
  for (const SweepRow& row : sweep.rows) {
    for (const auto& [name, spread] : row.errors) {
      if (std::find(models.begin(), models.end(), name) == models.end()) models.push_back(name);
    }
  }
  std::vector<std::vector<std::string>> rows(1);
  for (const SweptField& field : sweep.fields) {
    if (field.field != "seed") rows[0].push_back(printable(field.label));
  }
  const bool sizes = students_differ_in_size(sweep);
  if (sizes) rows[0].emplace_back("parameters");
  rows[0].emplace_back("n");
  rows[0].insert(rows[0].end(), models.begin(), models.end());
  rows[0].insert(rows[0].end(), {"student - twin", "McNemar p at most"});
  for (const SweepRow& row : sweep.rows) {
    std::vector<std::string> cells;
    for (const SweptField& field : sweep.fields) {
      if (field.field != "seed") cells.push_back(value_in(row.values, field.field));
    }
    if (sizes) cells.push_back(grouped(row.parameters));
    const int64_t done = row.errors.empty() ? 0 : row.errors.front().second.count;
    cells.push_back(done == row.cells ? fmt::format("{}", done)
                                      : fmt::format("{} of {}", done, row.cells));
    for (const std::string& model : models) cells.push_back(errors_of(row, model));
    cells.push_back(spread_text(row.difference));
    cells.push_back(row.largest_p < 0 ? "-" : fmt::format("{:.2g}", row.largest_p));
    rows.push_back(std::move(cells));
  }
  return table(rows);
}

std::string verdicts_table(const std::vector<Verdict>& verdicts) {
  if (verdicts.empty()) return "";
  std::vector<std::vector<std::string>> rows = {{"expected", "cell", "value", "band", ""}};
  for (const Verdict& verdict : verdicts) {
    rows.push_back({printable(verdict.number), verdict.cell, fmt::format("{:.6g}", verdict.value),
                    band_text(verdict), verdict.holds() ? "holds" : "OUTSIDE"});
  }
  return table(rows) + "\n";
}

void throw_failed_cells(const SweepResult& sweep, const Path& folder) {
  const CellResult* first = nullptr;
  int64_t failed = 0;
  for (const CellResult& cell : sweep.cells) {
    if (cell.status != "failed") continue;
    if (first == nullptr) first = &cell;
    ++failed;
  }
  if (first == nullptr) return;
  throw Error(
      static_cast<ExitCode>(first->exit_code),
      fmt::format("{} of {} cells failed, the first is {}: {}; see {}", failed, sweep.cells.size(),
                  first->slug, first->error.substr(0, first->error.find('\n')),
                  (folder / "sweep.json").string()));
}

}  // namespace retort::cli
