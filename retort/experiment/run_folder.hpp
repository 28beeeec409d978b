#pragma once

#include <string>
#include <vector>

#include "retort/base/folder_lock.hpp"
#include "retort/experiment/experiment.hpp"
#include "retort/result/progress.hpp"
#include "retort/result/run_result.hpp"

namespace retort {

/// Whether this is the folder of a sweep: its cells' run folders stand in it.
bool is_sweep_folder(const Path& path);

/// The folder of what comes of one experiment. Files in it are whole or absent. While it lives, no
/// other process can have a RunFolder there.
class RunFolder {
 public:
  /// Makes the folder with its experiment.toml, or opens the one of an earlier try. Throws Error
  /// (usage) with the fields that differ when it holds another experiment, Error (resources) when
  /// it cannot be written or another process holds it.
  RunFolder(Path path, const ExperimentFile& experiment);

  const Path& path() const { return path_; }
  Path model_folder(const std::string& folder) const { return path_ / folder; }
  /// The folder in which this run, or the sweep that it is a cell of, stands with its neighbours.
  Path root() const;
  /// The folders of trained models in this run's neighbours, and in the cells of sweeps among them,
  /// that any run may use: teachers' and twins'.
  std::vector<Path> shared_models() const;

  /// Writes result.json and the run's own record of it. What a finished run left stays until it is
  /// finished again, or has a model that was trained anew.
  void write(const RunResult& result) const;
  /// The same where an error is on its way already and must not be hidden by another.
  void try_to_write(const RunResult& result) const noexcept;
  /// Reads the record that `write` left. Throws Error (data) when there is none.
  static RunResult read_record(const Path& path);
  /// The same of a run that is done; nothing where there is no sound record of one.
  static std::optional<RunResult> done_record(const Path& path);

 private:
  bool keeps_its_record(const RunResult& result) const;

  Path path_;
  FolderLock lock_;
  bool was_done_ = false;
};

/// Passes on what it hears and writes it into log.txt.
class LoggedProgress : public Progress {
 public:
  LoggedProgress(const RunFolder& folder, Progress& next);
  void training(const TrainingStatus& status) override { next_.training(status); }
  void epoch_ended(const TrainingStatus& status) override;
  void note(const std::string& text) override;
  void warning(const std::string& text) override;

 private:
  LineFile file_;
  Progress& next_;
};

}  // namespace retort
