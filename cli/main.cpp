#include <c10/util/Exception.h>
#include <fmt/format.h>

#include <algorithm>
#include <csignal>
#include <cstdio>
#include <new>

#include "cli/verbs.hpp"
#include "retort/base/error.hpp"
#include "retort/experiment/environment.hpp"

namespace retort::cli {
namespace {

constexpr AddVerb verbs[] = {add_run,     add_compress, add_budget, add_check,    add_evaluate,
                             add_predict, add_targets,  add_adjust, add_describe, add_import,
                             add_export,  add_record,   add_bench,  add_report,   add_runs,
                             add_list,    add_doctor};

int fail(ExitCode code, std::string_view message) {
  tell(fmt::format("retort: {}\n", message));
  return static_cast<int>(code);
}

// What LibTorch throws carries a trace of addresses after its first line.
std::string first_line(const char* message) {
  const std::string text = message;
  return text.substr(0, text.find('\n'));
}

std::vector<std::string> verb_names(const CLI::App& command) {
  std::vector<std::string> names;
  for (const CLI::App* verb : command.get_subcommands({})) names.push_back(verb->get_name());
  return names;
}

// A first word that is no verb: CLI11 would only say that it wants one.
void check_verb(const CLI::App& command, const std::string& word) {
  const std::vector<std::string> names = verb_names(command);
  if (word.starts_with('-') || std::find(names.begin(), names.end(), word) != names.end()) return;
  throw Error(ExitCode::usage,
              fmt::format("there is no verb '{}'{}", printable(word), suggest(word, names)));
}

// The words that were read before the options: "retort runs compare".
std::string verb_of(const CLI::App& command) {
  const std::vector<CLI::App*> verb = command.get_subcommands();
  return command.get_name() + (verb.empty() ? "" : " " + verb_of(*verb.front()));
}

int run_command(int argument_count, char** arguments) {
  CLI::App command("Knowledge distillation: trains a small network to answer like a large one.",
                   "retort");
  command.require_subcommand(0, 1);
  command.set_version_flag("--version", version);
  command.footer(
      "Start here:\n  retort run experiments/mnist-quick.toml\n"
      "Every verb has --help with an example. Exit codes: 0 done, 1 unexpected, 2 usage "
      "or\nexperiment file, 3 data, 4 model or checkpoint, 5 disk, memory or a folder in use, "
      "6 no\nnumber, 7 verification, 75 interrupted (the same command goes on).");
  for (const AddVerb add : verbs) add(command);
  if (argument_count > 1) check_verb(command, arguments[1]);
  try {
    command.parse(argument_count, arguments);
    if (!command.get_subcommands().empty()) return static_cast<int>(ExitCode::done);
    throw Error(ExitCode::usage,
                fmt::format("wanted a verb: {}; see retort --help", join(verb_names(command))));
  } catch (const CLI::Success& success) {
    return command.exit(success);
  } catch (const CLI::ParseError& error) {
    return fail(ExitCode::usage,
                fmt::format("{}; see {} --help", first_line(error.what()), verb_of(command)));
  }
}

}  // namespace
}  // namespace retort::cli

int main(int argument_count, char** arguments) {
  using retort::ExitCode;
  std::signal(SIGPIPE, SIG_IGN);
  std::signal(SIGXFSZ, SIG_IGN);
  retort::keep_freed_memory();
  try {
    return retort::cli::run_command(argument_count, arguments);
  } catch (const retort::Error& error) {
    return retort::cli::fail(error.code(), error.what());
  } catch (const c10::OutOfMemoryError& error) {
    return retort::cli::fail(ExitCode::resources, retort::cli::first_line(error.what()));
  } catch (const std::bad_alloc&) {
    return retort::cli::fail(ExitCode::resources, "out of memory; a smaller batch needs less");
  } catch (const std::filesystem::filesystem_error& error) {
    return retort::cli::fail(ExitCode::data, error.what());
  } catch (const std::exception& error) {
    return retort::cli::fail(ExitCode::unexpected,
                             "unexpected: " + retort::cli::first_line(error.what()));
  }
}
