#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "retort/base/file.hpp"
#include "retort/result/sweep_result.hpp"

namespace retort {

/// A run or a sweep as it lies in its folder.
struct RunEntry {
  Path path;
  std::string kind;  // run | sweep
  std::string name;
  // As recorded; "stopped" where it was running and no process holds it, "damaged" where the record
  // cannot be read.
  std::string status;
  std::optional<int64_t> seed;                 // of a run with a record
  std::vector<CellModel> models;               // of a run
  int64_t cells = 0, done = 0, failed = 0;     // of a sweep
  int64_t bytes = 0;                           // of all files
  std::chrono::system_clock::time_point when;  // last written
};

/// The entry of one folder. Throws Error (data) when it is no folder of a run or sweep.
RunEntry read_run_entry(const Path& folder);

/// The runs and sweeps in a folder, by name. Throws Error (data) when there is no such folder.
std::vector<RunEntry> list_runs(const Path& folder);

/// Removes the folder of a run or sweep, damaged or not. Throws Error (data) when it is none, Error
/// (resources) when a process holds it or a cell of it.
void remove_run(const Path& folder);

/// Runs side by side.
struct RunComparison {
  std::vector<RunResult> runs;
  /// For each run the fields in which its experiment differs from the first: "seed: 1 -> 2";
  /// without `expect` and `checkpoints`, which change nothing that is trained or measured.
  std::vector<std::vector<std::string>> differences;
};
/// Reads the records of runs. Throws Error (data) when one is missing, damaged or a sweep's.
RunComparison compare_runs(const std::vector<Path>& folders);

}  // namespace retort
