#include "cli/verbs.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <csignal>
#include <cstdio>

#include "retort/base/interrupt.hpp"
#include "retort/experiment/environment.hpp"

namespace retort::cli {
namespace {

void write_stdout(const std::string& text) {
  const bool written = std::fwrite(text.data(), 1, text.size(), stdout) == text.size();
  if (!written || std::fflush(stdout) != 0)
    throw Error(ExitCode::resources, "cannot write to stdout");
}

// The first signal asks for an end at the next step, the second one ends at once.
void on_signal(int signal) {
  request_stop();
  std::signal(signal, SIG_DFL);
}

// Characters of a text in UTF-8, one column each.
size_t columns(const std::string& text) {
  return static_cast<size_t>(
      std::count_if(text.begin(), text.end(), [](unsigned char c) { return (c & 0xc0) != 0x80; }));
}

}  // namespace

void tell(const std::string& text) noexcept {
  if (std::fwrite(text.data(), 1, text.size(), stderr) < text.size()) std::clearerr(stderr);
}

void stop_on_signals() {
  std::signal(SIGINT, on_signal);
  std::signal(SIGTERM, on_signal);
}

void add_json(CLI::App& verb, Options& options) {
  verb.add_flag("--json", options.json, "print one JSON document and nothing else on stdout");
}

void add_quiet(CLI::App& verb, Options& options) {
  verb.add_flag("--quiet", options.quiet, "no progress on stderr");
}

void add_threads(CLI::App& verb, Options& options) {
  verb.add_option("--threads", options.threads, "threads to compute with; 0: physical cores")
      ->check(CLI::Range(0, 1024))
      ->capture_default_str();
  verb.parse_complete_callback([&options] { use_threads(options.threads); });
}

void add_overrides(CLI::App& verb, Options& options) {
  verb.add_option("--set", options.overrides, "a field by its path, as student.train.epochs=3")
      ->type_name("FIELD=VALUE")
      ->allow_extra_args(false);
}

void print(const Json& document) {
  write_stdout(document.dump(2, ' ', false, Json::error_handler_t::replace) + "\n");
}

void print(const std::string& text) {
  write_stdout(text);
}

std::string table(const std::vector<std::vector<std::string>>& rows) {
  std::vector<size_t> widths;
  for (const auto& row : rows) {
    widths.resize(std::max(widths.size(), row.size()));
    for (size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], columns(row[i]));
  }
  std::string text;
  for (const auto& row : rows) {
    std::string line;
    for (size_t i = 0; i < row.size(); ++i) {
      const std::string blanks(widths[i] - columns(row[i]), ' ');
      line += i == 0 ? row[i] + blanks : "  " + blanks + row[i];
    }
    text += line.substr(0, line.find_last_not_of(' ') + 1) + "\n";
  }
  return text;
}

std::string grouped(int64_t number) {
  std::string text = std::to_string(number);
  for (size_t i = text.size(); i > 3; i -= 3) {
    if (text[i - 4] != '-') text.insert(i - 3, ",");
  }
  return text;
}

std::string bytes_text(double bytes) {
  for (const char* unit : {"B", "kB", "MB"}) {
    if (bytes < 1000) return fmt::format("{:.3g} {}", bytes, unit);
    bytes /= 1000;
  }
  return fmt::format("{:.3g} GB", bytes);
}

std::string duration_text(double seconds) {
  if (seconds < 120) return fmt::format("{:.0f} s", seconds);
  const auto minutes = static_cast<int64_t>(seconds / 60 + 0.5);
  if (minutes < 120) return fmt::format("{} min", minutes);
  return fmt::format("{} h {} min", minutes / 60, minutes % 60);
}

}  // namespace retort::cli
