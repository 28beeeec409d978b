#pragma once

#include <exception>
#include <optional>
#include <string>
#include <vector>

#include "retort/base/folder_lock.hpp"
#include "retort/experiment/sweep.hpp"
#include "retort/result/sweep_result.hpp"

namespace retort {

/// The folder of a sweep: sweep.json, report.html, and a run folder for each cell. What it holds is
/// written after every change.
class SweepFolder {
 public:
  /// Makes it with the folders of all cells, or opens those of an earlier try: cells that are done
  /// are read. Throws Error (usage) when a folder holds something else, Error (resources) when it
  /// cannot be written or another process holds it. The sweep has to live as long.
  SweepFolder(const Sweep& sweep, Path path);

  /// The cells that are not done, by their index.
  std::vector<size_t> unfinished() const;
  Path cell_folder(size_t index) const { return path_ / result_.cells[index].slug; }
  const SweepResult& result() const { return result_; }

  void started(size_t index);
  /// The cell's run has ended well; its record is read. Throws Error (data) when there is none.
  void finished(size_t index);
  /// The cell's run has ended otherwise; the reason goes into its log.txt too.
  void failed(size_t index, ExitCode code, const std::string& error);
  /// Nothing runs any more: writes the last sweep.json and the report.
  void close();

 private:
  void write();
  const Sweep& sweep_;
  Path path_;
  FolderLock lock_;
  SweepResult result_;
  std::vector<std::optional<RunResult>> runs_;  // of the cells that are done
};

/// "cell 3 of 9, temperature=4,seed=2: starts"
std::string cell_note(const SweepResult& sweep, size_t index, const std::string& what);

/// The exit code and the line that an exception leads to.
std::pair<ExitCode, std::string> reason_of(const std::exception& error);

}  // namespace retort
