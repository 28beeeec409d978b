#include "retort/experiment/run_folder.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace retort {

bool is_sweep_folder(const Path& path) {
  std::error_code ignored;
  return std::filesystem::exists(path / "sweep.json", ignored);
}

namespace {

// Fields and tables that say how a run is carried out and not what comes of it: they may change
// from one call to the next.
constexpr std::array<std::string_view, 4> free_fields = {"checkpoints", "data.memory",
                                                         "data.workers", "expect"};

// "data.workers: 0 -> 4" is of the field "data.workers".
bool is_of(const std::string& difference, std::string_view field) {
  return difference.starts_with(field) &&
         std::string_view(".:").find(difference[field.size()]) != std::string_view::npos;
}

// What may not differ and does, field by field.
std::vector<std::string> forbidden_differences(const TomlFile& before, const TomlFile& after) {
  std::vector<std::string> lines = differences(before, after);
  std::erase_if(lines, [](const std::string& line) {
    // The bits of a teacher's answers are the same recorded and live.
    const std::string path = line.substr(0, line.find(':'));
    if (path.starts_with("teacher.") && path.ends_with(".recorded")) return true;
    return std::any_of(free_fields.begin(), free_fields.end(),
                       [&](std::string_view field) { return is_of(line, field); });
  });
  return lines;
}

Path made_writable(Path path) {
  if (is_sweep_folder(path)) {
    throw Error(ExitCode::usage, fmt::format("{}: is the folder of a sweep; choose another folder "
                                             "with --out",
                                             path.string()));
  }
  make_writable_folder(path);
  return path;
}

// A path that is read from another folder, written as seen from `folder`.
std::string seen_from(const Path& folder, const Path& base, const std::string& path) {
  if (path.empty()) return path;
  const Path target = std::filesystem::weakly_canonical(base / path);
  return target.lexically_relative(std::filesystem::weakly_canonical(folder)).string();
}

// The experiment as a file of `folder`: its relative paths start there, and numbers that choose
// among the cells of a sweep are left to the sweep.
std::string text_for(const Path& folder, const ExperimentFile& file) {
  ExperimentFile moved = file;
  const auto move_data = [&](auto& format) {
    if constexpr (requires { format.path; }) {
      format.path = seen_from(folder, file.folder, format.path);
    }
  };
  std::visit(move_data, moved.experiment.data.format);
  for (auto& [name, other] : moved.experiment.others) std::visit(move_data, other.format);
  for (auto& [name, teacher] : moved.experiment.teachers) {
    teacher.file = seen_from(folder, file.folder, teacher.file);
    teacher.model.init = seen_from(folder, file.folder, teacher.model.init);
  }
  std::string& init = moved.experiment.student.model.init;
  init = seen_from(folder, file.folder, init);
  std::erase_if(moved.experiment.expectations, [](const ExpectSettings& expected) {
    return has_choice(Expression(expected.number));
  });
  return moved.resolved_text();
}

// The folders in a folder, sorted; none where it cannot be read.
std::vector<Path> folders_in(const Path& folder) {
  std::vector<Path> folders;
  std::error_code ignored;
  for (const auto& entry : std::filesystem::directory_iterator(folder, ignored)) {
    if (entry.is_directory(ignored)) folders.push_back(entry.path());
  }
  std::sort(folders.begin(), folders.end());
  return folders;
}

}  // namespace

RunFolder::RunFolder(Path path, const ExperimentFile& experiment)
    : path_(made_writable(std::move(path))), lock_(path_) {
  remove_unfinished_files(path_);
  const Path file = path_ / "experiment.toml";
  const std::string text = text_for(path_, experiment);
  if (std::filesystem::exists(file)) {
    std::vector<std::string> changes = forbidden_differences(
        TomlFile::read(file), TomlFile::parse(text, experiment.source.name()));
    constexpr size_t most = 5;
    const size_t left_out = changes.size() - std::min(most, changes.size());
    if (!changes.empty()) {
      changes.resize(changes.size() - left_out);
      throw Error(ExitCode::usage,
                  fmt::format("{}: the run there is of another experiment ({}{}); choose another "
                              "folder with --out, or remove this one",
                              path_.string(), join(changes, "; "),
                              left_out > 0 ? fmt::format("; and {} more", left_out) : ""));
    }
    was_done_ = done_record(path_).has_value();
  }
  write_file(file, text);
}

Path RunFolder::root() const {
  const Path parent = std::filesystem::canonical(path_).parent_path();
  return is_sweep_folder(parent) ? parent.parent_path() : parent;
}

std::vector<Path> RunFolder::shared_models() const {
  std::vector<Path> runs = folders_in(root()), models;
  for (const Path& sweep : std::vector<Path>(runs)) {
    if (!is_sweep_folder(sweep)) continue;
    const std::vector<Path> cells = folders_in(sweep);
    runs.insert(runs.end(), cells.begin(), cells.end());
  }
  for (const Path& run : runs) {
    for (const Path& model : folders_in(run)) {
      const std::string name = model.filename().string();
      if (name == "twin" || name.starts_with("teacher-")) models.push_back(model);
    }
  }
  return models;
}

bool RunFolder::keeps_its_record(const RunResult& result) const {
  return was_done_ && (result.status == "running" || result.status == "interrupted") &&
         std::all_of(result.models.begin(), result.models.end(),
                     [](const ModelResult& model) { return model.found; });
}

void RunFolder::write(const RunResult& result) const {
  if (keeps_its_record(result)) return;
  write_file(path_ / "record.json", run_record_json(result));
  write_file(path_ / "result.json", result_json(result));
}

void RunFolder::try_to_write(const RunResult& result) const noexcept {
  const auto try_to = [](const auto& write) {
    try {
      write();
    } catch (const std::exception&) {
      // The error that led here is the one to tell.
    }
  };
  if (keeps_its_record(result)) return;
  // One by one: there may be room for the small one.
  try_to([&] { write_file(path_ / "record.json", run_record_json(result)); });
  try_to([&] { write_file(path_ / "result.json", result_json(result)); });
}

std::optional<RunResult> RunFolder::done_record(const Path& path) {
  try {
    RunResult result = read_run_record(path / "record.json");
    if (result.status == "done") return result;
  } catch (const Error&) {  // none, or a damaged one
  }
  return std::nullopt;
}

RunResult RunFolder::read_record(const Path& path) {
  if (!std::filesystem::exists(path / "record.json")) {
    throw Error(ExitCode::data, fmt::format("{}: wanted the folder of a run, there is no "
                                            "record.json in it",
                                            path.string()));
  }
  return read_run_record(path / "record.json");
}

LoggedProgress::LoggedProgress(const RunFolder& folder, Progress& next)
    : file_(folder.path() / "log.txt"), next_(next) {}

void LoggedProgress::epoch_ended(const TrainingStatus& status) {
  file_.write(status_line(status));
  next_.epoch_ended(status);
}

void LoggedProgress::note(const std::string& text) {
  file_.write(text);
  next_.note(text);
}

void LoggedProgress::warning(const std::string& text) {
  file_.write("warning: " + text);
  next_.warning(text);
}

}  // namespace retort
