#include "retort/train/checkpoint.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "retort/result/run_result.hpp"
#include "retort/tensor/checksum.hpp"

namespace retort {
namespace {

constexpr std::string_view prefix = "step-";
constexpr std::string_view suffix = ".safetensors";
constexpr const char* format_version = "2";
constexpr const char* format_key = "retort.checkpoint";
constexpr const char* step_key = "retort.step";
constexpr const char* record_key = "retort.record";
constexpr const char* settings_key = "retort.training";
constexpr const char* machine_key = "retort.machine.";

// The step of a checkpoint's file name; -1 for any other name.
int64_t step_of(std::string_view name) {
  if (!name.starts_with(prefix) || !name.ends_with(suffix)) return -1;
  name.remove_prefix(prefix.size());
  name.remove_suffix(suffix.size());
  int64_t step = -1;
  const auto [end, error] = std::from_chars(name.data(), name.data() + name.size(), step);
  return error == std::errc() && end == name.data() + name.size() ? step : -1;
}

// A file that is what was once written for this step. Throws Error (model).
Safetensors read_sound(const Path& path, int64_t step) {
  Safetensors content = read_safetensors(path);
  for (const char* key : {checksum_key, format_key, step_key, record_key, settings_key}) {
    if (content.metadata.count(key) > 0) continue;
    throw Error(ExitCode::model, fmt::format("{}: no checkpoint, there is no '{}' in its metadata",
                                             path.string(), key));
  }
  check_checksum(content, path);
  if (content.metadata.at(step_key) != std::to_string(step)) {
    throw Error(ExitCode::model, fmt::format("{}: it is of step {}", path.string(),
                                             printable(content.metadata.at(step_key))));
  }
  return content;
}

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  for (size_t begin = 0; begin < text.size();) {
    const size_t end = std::min(text.find('\n', begin), text.size());
    lines.push_back(text.substr(begin, end - begin));
    begin = end + 1;
  }
  return lines;
}

// The first lines of a text that another lacks, shortened: "epochs = 3; batch = 25".
std::string lines_without(const std::string& text, const std::string& other) {
  constexpr size_t most_lines = 3;
  constexpr size_t most_characters = 60;
  const std::vector<std::string> there = lines_of(other);
  std::vector<std::string> missing;
  for (const std::string& line : lines_of(text)) {
    if (missing.size() == most_lines || line.empty()) continue;
    if (std::find(there.begin(), there.end(), line) != there.end()) continue;
    missing.push_back(printable(line.substr(0, most_characters)));
  }
  return missing.empty() ? "the same lines in another order" : join(missing, "; ");
}

}  // namespace

Checkpoints::Checkpoints(Path folder, TrainingIdentity identity, int64_t every_steps)
    : folder_(std::move(folder)), identity_(std::move(identity)), every_steps_(every_steps) {
  remove_unfinished_files(folder_);
}

Path Checkpoints::path_of(int64_t step) const {
  return folder_ / fmt::format("{}{:08}{}", prefix, step, suffix);
}

std::vector<int64_t> Checkpoints::steps_there() const {
  std::vector<int64_t> steps;
  std::error_code not_there;
  for (const auto& entry : std::filesystem::directory_iterator(folder_, not_there)) {
    const int64_t step = step_of(entry.path().filename().string());
    if (step >= 0 && entry.path() == path_of(step)) steps.push_back(step);
  }
  std::sort(steps.rbegin(), steps.rend());
  return steps;
}

void Checkpoints::check_training(const Path& path,
                                 const std::map<std::string, std::string>& metadata) const {
  if (metadata.at(format_key) != format_version) {
    throw Error(
        ExitCode::model,
        fmt::format("{}: wanted checkpoint format {}, got '{}': it is of another retort; remove "
                    "{} to start this model anew, or choose another folder with --out",
                    path.string(), format_version, printable(metadata.at(format_key)),
                    folder_.string()));
  }
  const std::string& settings = metadata.at(settings_key);
  if (settings == identity_.settings) return;
  throw Error(
      ExitCode::model,
      fmt::format("{}: this checkpoint is of another training ({}), wanted one of ({}); remove "
                  "{} to start this model anew, or choose another folder with --out",
                  path.string(), lines_without(settings, identity_.settings),
                  lines_without(identity_.settings, settings), folder_.string()));
}

Checkpoints::Found Checkpoints::newest() {
  Found found;
  for (const int64_t step : steps_there()) {
    const Path path = path_of(step);
    Safetensors content;
    try {
      content = read_sound(path, step);
    } catch (const Error& error) {
      if (error.code() != ExitCode::model) throw;
      found.warnings.push_back(fmt::format("a damaged checkpoint is skipped: {}", error.what()));
      continue;
    }
    const auto& metadata = content.metadata;
    check_training(path, metadata);
    sound_ = {step};
    found.checkpoint =
        Checkpoint{.step = step,
                   .tensors = std::move(content.tensors),
                   .record = parse_training_record(metadata.at(record_key), path.string())};
    for (const auto& [what, now] : identity_.machine) {
      const auto then = metadata.find(machine_key + what);
      if (then == metadata.end() || then->second == now) continue;
      found.warnings.push_back(
          fmt::format("{} was written with {} {}, now {}: the last bits may differ from those of "
                      "an uninterrupted training",
                      path.filename().string(), what, printable(then->second), now));
      found.checkpoint->record.warnings.push_back(found.warnings.back());
    }
    return found;
  }
  if (!found.warnings.empty()) {
    found.warnings.push_back("no checkpoint is sound: the training starts at its beginning");
  }
  return found;
}

void Checkpoints::save(const Checkpoint& checkpoint) {
  Safetensors content{checkpoint.tensors, {}};
  content.metadata = {{format_key, format_version},
                      {step_key, std::to_string(checkpoint.step)},
                      {record_key, training_record_json(checkpoint.record)},
                      {settings_key, identity_.settings}};
  for (const auto& [what, value] : identity_.machine) content.metadata[machine_key + what] = value;
  add_checksum(content);
  make_writable_folder(folder_);
  write_safetensors(path_of(checkpoint.step), content);

  constexpr size_t kept = 2;
  std::erase(sound_, checkpoint.step);
  sound_.push_back(checkpoint.step);
  if (sound_.size() > kept) sound_.erase(sound_.begin());
  for (const int64_t step : steps_there()) {
    if (std::find(sound_.begin(), sound_.end(), step) != sound_.end()) continue;
    std::error_code ignored;
    std::filesystem::remove(path_of(step), ignored);
  }
}

}  // namespace retort
