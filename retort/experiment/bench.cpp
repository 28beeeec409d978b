#include "retort/experiment/bench.hpp"

#include <ATen/Parallel.h>
#include <ATen/ops/rand.h>
#include <fmt/format.h>
#include <time.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdlib>
#include <fstream>
#include <sstream>

#include "retort/base/child_process.hpp"
#include "retort/evaluate/latency.hpp"
#include "retort/experiment/environment.hpp"

namespace retort {
namespace {

// Of this process, in bytes: "VmHWM", the most that it ever had, or "VmRSS", what it has; 0 where
// the system does not say. (getrusage would tell of the program before it in the same process.)
int64_t process_memory(const std::string& key) {
  std::ifstream file("/proc/self/status");
  for (std::string line; std::getline(file, line);) {
    if (line.starts_with(key + ":")) return 1024 * std::stoll(line.substr(key.size() + 1));
  }
  return 0;
}

// Seconds since this process was started, to a hundredth; NaN where the system does not say.
double process_age() {
  std::ifstream file("/proc/self/stat");
  const std::string text{std::istreambuf_iterator<char>(file), {}};
  const size_t name_end = text.rfind(')');
  if (name_end == std::string::npos) return std::nan("");
  // starttime is the 22nd field, the 20th after the name, in ticks since the system was started.
  std::istringstream fields(text.substr(name_end + 1));
  std::string field;
  for (int i = 0; i < 20; ++i) fields >> field;
  timespec now{};
  ::clock_gettime(CLOCK_BOOTTIME, &now);
  return static_cast<double>(now.tv_sec) + 1e-9 * static_cast<double>(now.tv_nsec) -
         std::stod(field) / static_cast<double>(::sysconf(_SC_CLK_TCK));
}

std::vector<int64_t> distinct_threads(const std::vector<int64_t>& wanted) {
  std::vector<int64_t> threads;
  for (const int64_t count : wanted) {
    const int64_t resolved = count == 0 ? physical_cores() : count;
    const bool known = std::find(threads.begin(), threads.end(), resolved) != threads.end();
    if (!known) threads.push_back(resolved);
  }
  return threads;
}

template <class Number>
std::string list_text(const std::vector<Number>& numbers) {
  return fmt::format("{}", fmt::join(numbers, ","));
}

}  // namespace

BenchResult bench_here(const Path& model, const BenchOptions& options) {
  BenchResult result{.model = model.string()};
  double load = 0;
  result.load_before = ::getloadavg(&load, 1) == 1 ? load : std::nan("");
  use_threads(0);
  result.memory_before = process_memory("VmRSS");
  const auto before = std::chrono::steady_clock::now();
  const NetworkPredictor predictor(open_model(model));
  Shape shape = predictor.input_shape();
  shape.insert(shape.begin(), 1);
  predictor.predict(at::rand(shape), {"logits"});
  const std::chrono::duration<double> opened = std::chrono::steady_clock::now() - before;
  result.open_seconds = opened.count();
  result.process_seconds = process_age();
  result.environment = this_environment();
  const Cost cost = predictor.cost();
  result.parameters = cost.parameters;
  result.macs = cost.macs;
  result.file_bytes = static_cast<int64_t>(std::filesystem::file_size(model));
  result.input = predictor.input_shape();
  for (const int64_t threads : distinct_threads(options.threads)) {
    use_threads(threads);
    for (const int64_t batch : options.batches) {
      result.timings.push_back(measure_timing(predictor, batch, options.seconds));
    }
  }
  result.memory_peak = process_memory("VmHWM");
  return result;
}

std::vector<BenchResult> bench_apart(const std::vector<std::string>& models,
                                     const BenchOptions& options) {
  std::vector<BenchResult> results;
  for (const std::string& model : models) {
    const std::string text = output_of({options.command.string(), "bench", "--json", "--threads",
                                        list_text(distinct_threads(options.threads)), "--batches",
                                        list_text(options.batches), "--seconds",
                                        fmt::format("{}", options.seconds), "--", model});
    results.push_back(parse_bench(text, "bench " + model).at(0));
  }
  return results;
}

}  // namespace retort
