#include "retort/result/bench_result.hpp"

#include "retort/result/training_json.hpp"

namespace retort {
namespace {

Json timing_json(const BenchTiming& one) {
  return {{"threads", one.threads},
          {"batch", one.batch},
          {"queries", one.queries},
          {"images_per_second", number_or_null(one.images_per_second)},
          {"p50_ms", number_or_null(one.p50_ms)},
          {"p90_ms", number_or_null(one.p90_ms)},
          {"p99_ms", number_or_null(one.p99_ms)},
          {"p90_at_most_ms", number_or_null(one.p90_at_most_ms)},
          {"p99_at_most_ms", number_or_null(one.p99_at_most_ms)}};
}

double number_at(const Json& json, const char* key) {
  return json.at(key).is_null() ? std::nan("") : json.at(key).get<double>();
}

BenchTiming timing_from(const Json& json) {
  const auto number = [&](const char* key) { return number_at(json, key); };
  return {.threads = json.at("threads"),
          .batch = json.at("batch"),
          .queries = json.at("queries"),
          .images_per_second = number("images_per_second"),
          .p50_ms = number("p50_ms"),
          .p90_ms = number("p90_ms"),
          .p99_ms = number("p99_ms"),
          .p90_at_most_ms = number("p90_at_most_ms"),
          .p99_at_most_ms = number("p99_at_most_ms")};
}

Json result_to_json(const BenchResult& result) {
  Json timings = Json::array();
  for (const BenchTiming& one : result.timings) timings.push_back(timing_json(one));
  return {{"model", result.model},
          {"parameters", result.parameters},
          {"macs", result.macs},
          {"file_bytes", result.file_bytes},
          {"input", result.input},
          {"process_seconds", number_or_null(result.process_seconds)},
          {"open_seconds", number_or_null(result.open_seconds)},
          {"memory_before", result.memory_before},
          {"memory_peak", result.memory_peak},
          {"load_before", number_or_null(result.load_before)},
          {"timings", timings}};
}

BenchResult result_from(const Json& json, const Environment& environment) {
  BenchResult result{.model = json.at("model"),
                     .parameters = json.at("parameters"),
                     .macs = json.at("macs"),
                     .file_bytes = json.at("file_bytes"),
                     .input = json.at("input"),
                     .process_seconds = number_at(json, "process_seconds"),
                     .open_seconds = number_at(json, "open_seconds"),
                     .memory_before = json.at("memory_before"),
                     .memory_peak = json.at("memory_peak"),
                     .load_before = number_at(json, "load_before"),
                     .timings = {},
                     .environment = environment};
  for (const Json& one : json.at("timings")) result.timings.push_back(timing_from(one));
  return result;
}

}  // namespace

const BenchTiming* BenchResult::at(int64_t threads, int64_t batch) const {
  for (const BenchTiming& one : timings) {
    if (one.threads == threads && one.batch == batch) return &one;
  }
  return nullptr;
}

std::string bench_json(const std::vector<BenchResult>& results) {
  Json models = Json::array();
  for (const BenchResult& result : results) models.push_back(result_to_json(result));
  Json document = {{"schema", 1}, {"models", models}};
  if (!results.empty()) document["environment"] = environment_to_json(results[0].environment);
  return document.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

std::vector<BenchResult> parse_bench(const std::string& text, const std::string& where) {
  return parse_json(text, where, [](const Json& json) {
    std::vector<BenchResult> results;
    for (const Json& one : json.at("models")) {
      results.push_back(result_from(one, environment_from_json(json.at("environment"))));
    }
    return results;
  });
}

}  // namespace retort
