#include "retort/experiment/runs.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <memory>

#include "retort/base/folder_lock.hpp"
#include "retort/experiment/run_folder.hpp"

namespace retort {
namespace {

namespace files = std::filesystem;

bool is_there(const Path& path) {
  std::error_code ignored;
  return files::exists(path, ignored);
}

// A folder in which a run has begun; experiment.toml alone may be anybody's.
bool is_run_folder(const Path& folder) {
  return is_there(folder / "experiment.toml") &&
         (is_there(folder / "record.json") || is_there(folder / "environment.json"));
}

int64_t bytes_in(const Path& folder) {
  int64_t bytes = 0;
  std::error_code ignored;
  for (const auto& entry : files::recursive_directory_iterator(folder, ignored)) {
    if (entry.is_regular_file(ignored)) bytes += static_cast<int64_t>(entry.file_size(ignored));
  }
  return bytes;
}

std::chrono::system_clock::time_point written(const Path& file) {
  std::error_code error;
  const files::file_time_type time = files::last_write_time(file, error);
  if (error) return {};
  const auto since = std::chrono::file_clock::to_sys(time).time_since_epoch();
  return std::chrono::system_clock::time_point(
      std::chrono::duration_cast<std::chrono::system_clock::duration>(since));
}

void check_is_run_or_sweep(const Path& folder) {
  if (is_sweep_folder(folder) || is_run_folder(folder)) return;
  throw Error(ExitCode::data, fmt::format("{}: wanted the folder of a run or of a sweep",
                                          printable(folder.string())));
}

void fill_sweep(RunEntry& entry) {
  const SweepResult sweep = read_sweep_result(entry.path / "sweep.json");
  entry.name = sweep.name;
  entry.status = sweep.status;
  entry.cells = static_cast<int64_t>(sweep.cells.size());
  for (const CellResult& cell : sweep.cells) {
    entry.done += cell.status == "done" ? 1 : 0;
    entry.failed += cell.status == "failed" ? 1 : 0;
  }
}

void fill_run(RunEntry& entry) {
  if (!is_there(entry.path / "record.json")) {
    entry.name = entry.path.filename().string();
    entry.status = "running";
    return;
  }
  const RunResult run = RunFolder::read_record(entry.path);
  entry.name = run.experiment;
  entry.status = run.status;
  entry.seed = run.seed;
  CellResult cell;
  take_result(run, cell);
  entry.models = cell.models;
}

RunEntry bare_entry(const Path& folder) {
  const bool sweep = is_sweep_folder(folder);
  const Path record = folder / (sweep ? "sweep.json" : "record.json");
  return {.path = folder,
          .kind = sweep ? "sweep" : "run",
          .name = folder.filename().string(),
          .status = "damaged",
          .seed = {},
          .models = {},
          .bytes = bytes_in(folder),
          .when = written(is_there(record) ? record : folder / "experiment.toml")};
}

// What a run is expected to give and how often it is saved makes no other experiment of it.
std::vector<std::string> telling_differences(const TomlFile& before, const TomlFile& after) {
  std::vector<std::string> lines = differences(before, after);
  std::erase_if(lines, [](const std::string& line) {
    return line.starts_with("expect.") || line.starts_with("expect:") ||
           line.starts_with("checkpoints.");
  });
  return lines;
}

}  // namespace

RunEntry read_run_entry(const Path& folder) {
  check_is_run_or_sweep(folder);
  RunEntry entry = bare_entry(folder);
  try {
    entry.kind == "sweep" ? fill_sweep(entry) : fill_run(entry);
  } catch (const Error&) {
    return entry;
  }
  if (entry.status == "running" && !FolderLock::is_held(folder)) entry.status = "stopped";
  return entry;
}

std::vector<RunEntry> list_runs(const Path& folder) {
  std::error_code error;
  std::vector<RunEntry> entries;
  for (const auto& one : files::directory_iterator(folder, error)) {
    if (!is_sweep_folder(one.path()) && !is_run_folder(one.path())) continue;
    entries.push_back(read_run_entry(one.path()));
  }
  if (error) {
    throw Error(ExitCode::data, fmt::format("{}: {}", printable(folder.string()), error.message()));
  }
  std::sort(entries.begin(), entries.end(),
            [](const RunEntry& a, const RunEntry& b) { return a.path < b.path; });
  return entries;
}

void remove_run(const Path& folder) {
  check_is_run_or_sweep(folder);
  std::vector<std::unique_ptr<FolderLock>> locks;
  locks.push_back(std::make_unique<FolderLock>(folder));
  if (is_sweep_folder(folder)) {
    for (const auto& one : files::directory_iterator(folder)) {
      if (is_there(one.path() / "experiment.toml")) {
        locks.push_back(std::make_unique<FolderLock>(one.path()));
      }
    }
  }
  std::error_code error;
  files::remove_all(folder, error);
  if (error) {
    throw Error(ExitCode::resources,
                fmt::format("{}: cannot remove: {}", printable(folder.string()), error.message()));
  }
}

RunComparison compare_runs(const std::vector<Path>& folders) {
  RunComparison comparison;
  for (const Path& folder : folders) {
    if (is_sweep_folder(folder)) {
      throw Error(ExitCode::data,
                  fmt::format("{}: is a sweep; its report compares its cells, or name two of them",
                              printable(folder.string())));
    }
    comparison.runs.push_back(RunFolder::read_record(folder));
  }
  const auto settings = [](const RunResult& run) {
    return TomlFile::parse(run.experiment_text, run.experiment);
  };
  for (const RunResult& run : comparison.runs) {
    comparison.differences.push_back(
        telling_differences(settings(comparison.runs[0]), settings(run)));
  }
  return comparison;
}

}  // namespace retort
