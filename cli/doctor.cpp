#include <ATen/Parallel.h>
#include <ATen/Version.h>
#include <dlfcn.h>
#include <fmt/format.h>

#include <cstdlib>
#include <thread>

#include "cli/verbs.hpp"
#include "retort/experiment/environment.hpp"
#include "retort/onnx/onnx_file.hpp"
#include "retort/train/precision.hpp"

namespace retort::cli {
namespace {

// The file that a function was loaded from.
std::string library_of(const void* function) {
  Dl_info found{};
  return ::dladdr(function, &found) != 0 && found.dli_fname != nullptr ? found.dli_fname
                                                                       : "unknown";
}

std::string cache_folder() {
  const char* cache = std::getenv("XDG_CACHE_HOME");
  const char* home = std::getenv("HOME");
  if (cache != nullptr && *cache != '\0') return std::string(cache) + "/retort";
  return std::string(home != nullptr ? home : "") + "/.cache/retort";
}

void doctor_verb(bool json) {
  const Environment environment = this_environment();
  const auto libtorch = reinterpret_cast<const void*>(&at::get_num_threads);
  const std::string cache = cache_folder();
  const std::vector<std::pair<std::string, std::string>> rows = {
      {"retort", environment.retort},
      {"compiler", environment.compiler},
      {"libtorch", environment.libtorch + ", " + library_of(libtorch)},
      {"onnx", onnx_library_version()},
      {"processor", environment.cpu},
      {"kernels", at::get_cpu_capability()},
      {"bf16 products", processor_multiplies_bf16() ? "yes" : "no: precision = \"bf16\" is slower"},
      {"physical cores", std::to_string(physical_cores())},
      {"logical processors", std::to_string(std::thread::hardware_concurrency())},
      {"threads", std::to_string(environment.threads)},
      {"cache", cache + (std::filesystem::exists(cache) ? "" : " (not there yet)")}};
  if (json) {
    Json document = Json::object();
    for (const auto& [name, value] : rows) document[name] = value;
    print(document);
    return;
  }
  std::string text;
  for (const auto& [name, value] : rows) text += fmt::format("{:<19} {}\n", name, value);
  print(text);
}

}  // namespace

void add_doctor(CLI::App& command) {
  auto options = std::make_shared<Options>();
  CLI::App* verb = command.add_subcommand(
      "doctor", "versions, libraries and where they are, processor, threads, cache");
  add_threads(*verb, *options);
  add_json(*verb, *options);
  verb->footer("Example:\n  retort doctor");
  verb->callback([options] { doctor_verb(options->json); });
}

}  // namespace retort::cli
