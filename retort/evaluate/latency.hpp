#pragma once

#include <cmath>
#include <string>
#include <vector>

#include "retort/predict/predictor.hpp"
#include "retort/result/bench_result.hpp"

namespace retort {

/// How long queries are asked one after the other.
struct QueryPlan {
  int64_t batch = 1;
  int64_t least = 30;              // queries
  double seconds = 0.1;            // and at least so long,
  double most_seconds = HUGE_VAL;  // but no longer, unless a single query takes it
};

/// Milliseconds of queries of random pixels, rising, on the threads that LibTorch has. Before them
/// comes a warm-up of 10 queries and a tenth of the seconds.
std::vector<double> query_milliseconds(const Predictor& predictor, const QueryPlan& plan);

/// Median and 95th percentile of batches, in brief: at least 30 in a tenth of a second.
Latency measure_latency(const std::string& name, const Predictor& predictor, int64_t batch);

/// Percentiles and throughput as MLPerf's scenarios have them: with a batch of 1 single-stream, at
/// least 662 queries, so that the 99th percentile has a bound; with a larger one offline.
/// Stops at 20 times the seconds.
BenchTiming measure_timing(const Predictor& predictor, int64_t batch, double seconds);

}  // namespace retort
