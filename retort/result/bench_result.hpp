#pragma once

#include <string>
#include <vector>

#include "retort/result/run_result.hpp"

namespace retort {

/// Queries of one size on so many threads, one after the other.
struct BenchTiming {
  int64_t threads = 1;
  int64_t batch = 1;    // images of a query
  int64_t queries = 0;  // after the warm-up
  double images_per_second = 0;
  double p50_ms = 0, p90_ms = 0, p99_ms = 0;  // of a query
  // What the true percentiles do not exceed with 99 % confidence; NaN of too few queries.
  double p90_at_most_ms = 0, p99_at_most_ms = 0;
};

/// What a model costs where it answers.
struct BenchResult {
  std::string model;  // its file
  int64_t parameters = 0;
  int64_t macs = 0;  // of an image
  int64_t file_bytes = 0;
  std::vector<int64_t> input;  // C, H, W
  double process_seconds = 0;  // from the start of the process to the first answer
  double open_seconds = 0;     // from opening the file to the first answer
  int64_t memory_before = 0;   // bytes of the process before the file was opened
  int64_t memory_peak = 0;     // the most that it ever had
  double load_before = 0;      // processes that ran or waited in the minute before; NaN: unknown
  std::vector<BenchTiming> timings;
  Environment environment;

  /// The timing with these threads and this batch; nullptr where it was not measured.
  const BenchTiming* at(int64_t threads, int64_t batch) const;
};

/// One document of all models, schema 1: docs/bench.md. NaN becomes null.
std::string bench_json(const std::vector<BenchResult>& results);
/// Reads it back. Throws Error (data) that starts with `where`.
std::vector<BenchResult> parse_bench(const std::string& text, const std::string& where);

}  // namespace retort
