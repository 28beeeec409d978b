#include <fmt/format.h>

#include <charconv>
#include <cmath>

#include "cli/verbs.hpp"
#include "retort/experiment/bench.hpp"

namespace retort::cli {
namespace {

struct VerbOptions : Options {
  std::vector<std::string> models;
  std::vector<std::string> thread_words = {"1", "all"};
  BenchOptions bench;
};

int64_t threads_of(const std::string& word) {
  if (word == "all") return 0;
  int64_t count = 0;
  const char* end = word.data() + word.size();
  const auto [rest, error] = std::from_chars(word.data(), end, count);
  if (error == std::errc() && rest == end && count >= 1 && count <= 1024) return count;
  throw Error(
      ExitCode::usage,
      fmt::format("--threads: wanted numbers from 1 to 1024, or all; got '{}'", printable(word)));
}

std::string milliseconds(double number) {
  return std::isfinite(number) ? fmt::format("{:.4g}", number) : "-";
}

std::string costs_table(const std::vector<BenchResult>& results) {
  std::vector<std::vector<std::string>> rows = {{"model", "parameters", "MACs", "file",
                                                 "first answer", "of it opening", "peak memory",
                                                 "of it engine"}};
  for (const BenchResult& one : results) {
    rows.push_back({printable(one.model), grouped(one.parameters), grouped(one.macs),
                    bytes_text(static_cast<double>(one.file_bytes)),
                    fmt::format("{:.2f} s", one.process_seconds),
                    fmt::format("{:.1f} ms", 1000 * one.open_seconds),
                    bytes_text(static_cast<double>(one.memory_peak)),
                    bytes_text(static_cast<double>(one.memory_before))});
  }
  return table(rows);
}

std::string timings_table(const std::vector<BenchResult>& results) {
  std::vector<std::vector<std::string>> rows = {{"model", "threads", "batch", "queries", "p50 ms",
                                                 "p90 ms", "p99 ms", "p99 at most", "images/s"}};
  for (const BenchResult& result : results) {
    for (const BenchTiming& one : result.timings) {
      rows.push_back({printable(result.model), grouped(one.threads), grouped(one.batch),
                      grouped(one.queries), milliseconds(one.p50_ms), milliseconds(one.p90_ms),
                      milliseconds(one.p99_ms), milliseconds(one.p99_at_most_ms),
                      grouped(std::llround(one.images_per_second))});
    }
  }
  return table(rows);
}

void bench_verb(VerbOptions& options) {
  options.bench.threads.clear();
  for (const std::string& word : options.thread_words) {
    options.bench.threads.push_back(threads_of(word));
  }
  const std::vector<BenchResult> results =
      options.models.size() == 1 ? std::vector{bench_here(options.models[0], options.bench)}
                                 : bench_apart(options.models, options.bench);
  if (options.json) {
    print(Json::parse(bench_json(results)));
    return;
  }
  const Environment& on = results[0].environment;
  print(
      fmt::format("{}\n{}\n{}; retort {}, LibTorch {}, {}; all threads: {}; load before: {:.1f} "
                  "(near 0 is wanted)\n",
                  costs_table(results), timings_table(results), on.cpu, on.retort, on.libtorch,
                  on.dtype, on.threads, results[0].load_before));
}

}  // namespace

void add_bench(CLI::App& command) {
  auto options = std::make_shared<VerbOptions>();
  CLI::App* verb = command.add_subcommand(
      "bench", "latency, throughput, cold start, memory and size of models where they answer");
  verb->add_option("MODEL", options->models, "model.safetensors or ONNX files")->required();
  verb->add_option("--threads", options->thread_words, "to compute with; all: physical cores")
      ->delimiter(',')
      ->allow_extra_args(false)
      ->type_name("N,...")
      ->capture_default_str();
  verb->add_option("--batches", options->bench.batches, "images of a query")
      ->delimiter(',')
      ->allow_extra_args(false)
      ->check(CLI::Range(1, 65536))
      ->type_name("N,...")
      ->capture_default_str();
  verb->add_option("--seconds", options->bench.seconds,
                   "at least so long for each batch on each number of threads, at most 20 times")
      ->check(CLI::Range(0.001, 3600.0))
      ->type_name("N")
      ->capture_default_str();
  add_json(*verb, *options);
  verb->footer(
      "Example:\n  retort bench runs/mnist-quick/student.onnx "
      "runs/mnist-quick/teacher-big/model.safetensors\n"
      "A batch of 1 is asked at least 662 times: the fewest for which MLPerf believes in a 99th\n"
      "percentile (docs/bench.md). Each of several models has a process of its own. Nothing else\n"
      "should run meanwhile.");
  verb->callback([options] { bench_verb(*options); });
}

}  // namespace retort::cli
