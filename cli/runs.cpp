#include <fmt/chrono.h>
#include <fmt/format.h>
#include <unistd.h>

#include <iostream>

#include "cli/verbs.hpp"
#include "retort/experiment/runs.hpp"

namespace retort::cli {
namespace {

struct RunsOptions : Options {
  std::string folder = "runs";
  std::vector<std::string> runs;
  bool yes = false;
};

std::string when_text(const RunEntry& entry) {
  return fmt::format("{:%Y-%m-%d %H:%M}",
                     fmt::localtime(std::chrono::system_clock::to_time_t(entry.when)));
}

// The errors of a role's models, one after the other.
std::string errors_text(const std::vector<CellModel>& models, const std::string& role) {
  std::vector<std::string> errors;
  for (const CellModel& model : models) {
    if (model.role == role) errors.push_back(grouped(model.errors));
  }
  return errors.empty() ? "-" : join(errors, " + ");
}

Json entry_json(const RunEntry& entry) {
  Json models = Json::object();
  for (const CellModel& model : entry.models) {
    models[model.name] = {{"role", model.role}, {"errors", model.errors}, {"count", model.count}};
  }
  return {{"path", entry.path.string()},
          {"kind", entry.kind},
          {"name", entry.name},
          {"status", entry.status},
          {"seed", entry.seed ? Json(*entry.seed) : Json()},
          {"models", models},
          {"cells", {{"all", entry.cells}, {"done", entry.done}, {"failed", entry.failed}}},
          {"bytes", entry.bytes},
          {"when", when_text(entry)}};
}

void list_verb(const RunsOptions& options) {
  const std::vector<RunEntry> entries = list_runs(options.folder);
  Json list = Json::array();
  std::vector<std::vector<std::string>> rows = {
      {"run", "status", "seed", "student", "twin", "teacher", "when", "size"}};
  for (const RunEntry& entry : entries) {
    list.push_back(entry_json(entry));
    std::string status = printable(entry.status);
    if (entry.cells > 0) {
      status += fmt::format(", {} of {} cells done", entry.done, entry.cells);
      if (entry.failed > 0) status += fmt::format(", {} failed", entry.failed);
    }
    rows.push_back({printable(entry.path.filename().string()), status,
                    entry.seed ? std::to_string(*entry.seed) : "-",
                    errors_text(entry.models, "student"), errors_text(entry.models, "twin"),
                    errors_text(entry.models, "teacher"), when_text(entry),
                    bytes_text(static_cast<double>(entry.bytes))});
  }
  if (options.json) {
    print(Json{{"runs", list}});
  } else {
    print(entries.empty() ? fmt::format("{}: no runs\n", printable(options.folder)) : table(rows));
  }
}

std::vector<Path> paths_of(const RunsOptions& options) {
  return {options.runs.begin(), options.runs.end()};
}

void compare_verb(const RunsOptions& options) {
  const RunComparison comparison = compare_runs(paths_of(options));
  Json runs = Json::array();
  std::vector<std::vector<std::string>> rows = {
      {"run", "model", "errors", "of", "accuracy", "NLL", "ECE", "parameters", "trained in"}};
  std::string differences;
  for (size_t i = 0; i < comparison.runs.size(); ++i) {
    Json models = Json::array();
    for (const ModelResult& model : comparison.runs[i].models) {
      rows.push_back({printable(options.runs[i]), printable(model.name), grouped(model.test.errors),
                      grouped(model.test.count), fmt::format("{:.2f} %", 100 * model.test.accuracy),
                      fmt::format("{:.4f}", model.test.nll), fmt::format("{:.4f}", model.test.ece),
                      grouped(model.parameters), duration_text(model.train_seconds)});
      models.push_back({{"name", model.name},
                        {"role", model.role},
                        {"errors", model.test.errors},
                        {"count", model.test.count},
                        {"accuracy", model.test.accuracy},
                        {"parameters", model.parameters}});
    }
    const std::vector<std::string>& own = comparison.differences[i];
    runs.push_back({{"path", options.runs[i]}, {"models", models}, {"differences", own}});
    if (i == 0) continue;
    differences += fmt::format("\n{}\n", printable(options.runs[i]));
    if (own.empty()) differences += "  the same experiment\n";
    for (const std::string& line : own) differences += fmt::format("  {}\n", line);
  }
  options.json ? print(Json{{"runs", runs}})
               : print(fmt::format("{}\nDifferences from {}:\n{}", table(rows),
                                   printable(options.runs[0]), differences));
}

// Asks on the terminal; without one only --yes will do.
void confirm(const std::vector<RunEntry>& entries) {
  if (::isatty(STDIN_FILENO) == 0) {
    throw Error(ExitCode::usage, "nothing removed: without a terminal to ask on, give --yes");
  }
  double bytes = 0;
  for (const RunEntry& entry : entries) {
    bytes += static_cast<double>(entry.bytes);
    fmt::print(stderr, "{} ({}, {})\n", printable(entry.path.string()), entry.kind,
               bytes_text(static_cast<double>(entry.bytes)));
  }
  fmt::print(stderr, "Remove for good ({})? [y/N] ", bytes_text(bytes));
  std::string answer;
  std::getline(std::cin, answer);
  if (answer != "y" && answer != "yes") throw Error(ExitCode::usage, "nothing removed");
}

void remove_verb(const RunsOptions& options) {
  std::vector<RunEntry> entries;  // all are looked at before the first one goes
  for (const Path& path : paths_of(options)) entries.push_back(read_run_entry(path));
  if (!options.yes) confirm(entries);
  for (const RunEntry& entry : entries) {
    remove_run(entry.path);
    print(fmt::format("removed {}\n", printable(entry.path.string())));
  }
}

}  // namespace

void add_runs(CLI::App& command) {
  auto options = std::make_shared<RunsOptions>();
  CLI::App* verb = command.add_subcommand("runs", "list, compare and remove runs and sweeps");
  verb->add_option("--folder", options->folder, "where they are")
      ->type_name("DIR")
      ->capture_default_str();
  add_json(*verb, *options);
  verb->require_subcommand(0, 1);
  CLI::App* compare = verb->add_subcommand("compare", "models and settings of runs side by side");
  compare->add_option("RUN", options->runs, "folders of runs, two or more")
      ->required()
      ->expected(-2);
  add_json(*compare, *options);
  compare->footer("Example:\n  retort runs compare runs/mnist-quick runs/mnist-quick-2");
  CLI::App* remove = verb->add_subcommand("remove", "remove the folders of runs or sweeps");
  remove->add_option("RUN", options->runs, "folders of runs or sweeps")->required();
  remove->add_flag("--yes", options->yes, "without asking");
  remove->footer("Example:\n  retort runs remove runs/mnist-quick-2");
  verb->footer(
      "Example:\n  retort runs\n  retort runs compare runs/mnist-quick runs/mnist-quick-2\n"
      "  retort runs remove runs/mnist-quick-2");
  compare->callback([options] { compare_verb(*options); });
  remove->callback([options] { remove_verb(*options); });
  verb->callback([options, verb] {
    if (verb->get_subcommands().empty()) list_verb(*options);
  });
}

}  // namespace retort::cli
