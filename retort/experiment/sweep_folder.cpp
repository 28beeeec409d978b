#include "retort/experiment/sweep_folder.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <fstream>
#include <new>

#include "retort/experiment/run_folder.hpp"
#include "retort/experiment/sweep_expect.hpp"
#include "retort/report/sweep_report.hpp"

namespace retort {
namespace {

std::vector<SweptField> swept_fields(const Sweep& sweep) {
  std::vector<SweptField> fields;
  for (const SweepCell& cell : sweep.cells) {
    for (const auto& [name, value] : cell.values) {
      auto field = std::find_if(fields.begin(), fields.end(),
                                [&](const SweptField& one) { return one.field == name; });
      if (field == fields.end()) {
        fields.push_back({name, "", {}});
        field = fields.end() - 1;
      }
      std::vector<std::string>& values = field->values;
      if (std::find(values.begin(), values.end(), value) == values.end()) values.push_back(value);
    }
  }
  std::stable_partition(fields.begin(), fields.end(),
                        [](const SweptField& field) { return field.field != "seed"; });
  std::vector<std::string> names;
  for (const SweptField& field : fields) names.push_back(field.field);
  const std::vector<std::string> labels = field_labels(names);
  for (size_t i = 0; i < fields.size(); ++i) fields[i].label = labels[i];
  return fields;
}

Path made_writable(Path path) {
  if (std::filesystem::exists(path / "experiment.toml")) {
    throw Error(ExitCode::usage,
                fmt::format("{}: is the folder of a run, wanted one for a sweep; choose another "
                            "folder with --out",
                            path.string()));
  }
  make_writable_folder(path);
  return path;
}

// What a damaged sweep.json was of cannot be known.
void check_same_sweep(const Path& path, const std::string& name) {
  if (!is_sweep_folder(path)) return;
  std::string there;
  try {
    there = read_sweep_result(path / "sweep.json").name;
  } catch (const Error&) {
    return;
  }
  if (there == name) return;
  throw Error(ExitCode::usage,
              fmt::format("{}: the sweep there is \"{}\", wanted one of \"{}\"; choose another "
                          "folder with --out, or remove this one",
                          path.string(), printable(there), printable(name)));
}

}  // namespace

std::pair<ExitCode, std::string> reason_of(const std::exception& error) {
  if (const auto* known = dynamic_cast<const Error*>(&error)) return {known->code(), known->what()};
  if (dynamic_cast<const std::bad_alloc*>(&error) != nullptr) {
    return {ExitCode::resources, "out of memory"};
  }
  const std::string text = error.what();
  return {ExitCode::unexpected, text.substr(0, text.find('\n'))};
}

std::string cell_note(const SweepResult& sweep, size_t index, const std::string& what) {
  return fmt::format("cell {} of {}, {}: {}", index + 1, sweep.cells.size(),
                     sweep.cells[index].slug, what);
}

SweepFolder::SweepFolder(const Sweep& sweep, Path path)
    : sweep_(sweep),
      path_(made_writable(std::move(path))),
      lock_(path_),
      runs_(sweep.cells.size()) {
  check_same_sweep(path_, sweep.name);
  result_.name = sweep.name;
  result_.fields = swept_fields(sweep);
  // The cells' folders know by sweep.json that they are cells; that of an earlier try stays until
  // all of them are known to be of this sweep.
  if (!is_sweep_folder(path_)) write();
  for (const SweepCell& cell : sweep.cells) {
    CellResult one{.slug = cell.slug, .values = cell.values, .error = "", .models = {}};
    const RunFolder folder(path_ / cell.slug, cell.experiment);
    if (const auto run = RunFolder::done_record(folder.path())) {
      one.status = run->status;
      take_result(*run, one);
      runs_[result_.cells.size()] = run;
    }
    result_.cells.push_back(std::move(one));
  }
  write();
}

std::vector<size_t> SweepFolder::unfinished() const {
  std::vector<size_t> indices;
  for (size_t i = 0; i < result_.cells.size(); ++i) {
    if (result_.cells[i].status != "done") indices.push_back(i);
  }
  return indices;
}

void SweepFolder::started(size_t index) {
  result_.cells[index].status = "running";
  write();
}

void SweepFolder::finished(size_t index) {
  CellResult& cell = result_.cells[index];
  runs_[index] = RunFolder::read_record(cell_folder(index));
  take_result(*runs_[index], cell);
  cell.status = "done";
  write();
}

void SweepFolder::failed(size_t index, ExitCode code, const std::string& error) {
  CellResult& cell = result_.cells[index];
  const bool interrupted = code == ExitCode::interrupted;
  cell.status = interrupted ? "interrupted" : "failed";
  if (!interrupted) {
    cell.error = error;
    cell.exit_code = static_cast<int>(code);
    std::ofstream(cell_folder(index) / "log.txt", std::ios::app) << "failed: " << error << '\n';
  }
  write();
}

void SweepFolder::close() {
  const auto any = [&](const char* status) {
    return std::any_of(result_.cells.begin(), result_.cells.end(),
                       [&](const CellResult& cell) { return cell.status == status; });
  };
  const bool open = any("interrupted") || any("waiting") || any("running");
  result_.status = open ? "interrupted" : any("failed") ? "failed" : "done";
  if (!open) result_.verdicts = verdicts_of(sweep_, runs_);
  write();
  write_file(path_ / "report.html", sweep_report_html(result_));
}

void SweepFolder::write() {
  result_.rows = rows_of(result_.cells);
  write_file(path_ / "sweep.json", sweep_json(result_));
}

}  // namespace retort
