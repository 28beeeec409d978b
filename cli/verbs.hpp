#pragma once

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "retort/base/file.hpp"

namespace retort::cli {

using Json = nlohmann::ordered_json;

/// One verb of the command, in a file of its own: adds itself, its options and its callback.
using AddVerb = void (*)(CLI::App& command);
void add_run(CLI::App& command);
void add_compress(CLI::App& command);
void add_check(CLI::App& command);
void add_budget(CLI::App& command);
void add_evaluate(CLI::App& command);
void add_predict(CLI::App& command);
void add_adjust(CLI::App& command);
void add_targets(CLI::App& command);
void add_describe(CLI::App& command);
void add_import(CLI::App& command);
void add_export(CLI::App& command);
void add_bench(CLI::App& command);
void add_record(CLI::App& command);
void add_report(CLI::App& command);
void add_runs(CLI::App& command);
void add_list(CLI::App& command);
void add_doctor(CLI::App& command);

/// Options that several verbs share.
struct Options {
  bool json = false;
  bool quiet = false;
  int64_t threads = 0;
  std::vector<std::string> overrides;
};
void add_json(CLI::App& verb, Options& options);
void add_quiet(CLI::App& verb, Options& options);
/// Sets LibTorch's threads when the command line has been read.
void add_threads(CLI::App& verb, Options& options);
void add_overrides(CLI::App& verb, Options& options);

/// Ctrl-C asks the work in progress to stop at its next step; a second one ends it at once.
void stop_on_signals();

/// Prints to stdout: with --json one document and nothing else.
void print(const Json& document);
void print(const std::string& text);
/// Tells a person on stderr. What cannot be told (a terminal that is closed, a disk that is full)
/// is no reason to stop.
void tell(const std::string& text) noexcept;

/// Columns under headings; the first is flush left, the others flush right.
std::string table(const std::vector<std::vector<std::string>>& rows);

/// "1,234,567"
std::string grouped(int64_t number);
/// "12.3 MB"
std::string bytes_text(double bytes);
/// "75 s", "12 min", "3 h 20 min"
std::string duration_text(double seconds);

}  // namespace retort::cli
