#include "retort/evaluate/latency.hpp"

#include <ATen/Parallel.h>
#include <ATen/ops/rand.h>

#include <algorithm>
#include <chrono>
#include <numeric>

#include "retort/base/interrupt.hpp"
#include "retort/result/percentile.hpp"

namespace retort {

std::vector<double> query_milliseconds(const Predictor& predictor, const QueryPlan& plan) {
  using Clock = std::chrono::steady_clock;
  using Seconds = std::chrono::duration<double>;
  constexpr int64_t warm_up = 10;
  Shape shape = {plan.batch};
  shape.insert(shape.end(), predictor.input_shape().begin(), predictor.input_shape().end());
  const Tensor images = at::rand(shape);
  // Answers until `enough` of them came in `seconds`, or the time is up.
  const auto ask = [&](int64_t enough, double seconds) {
    std::vector<double> milliseconds;
    const Clock::time_point start = Clock::now();
    Seconds passed{0};
    do {
      stop_if_requested();
      const Clock::time_point before = Clock::now();
      predictor.predict(images, {"logits"});
      const Clock::time_point after = Clock::now();
      milliseconds.push_back(std::chrono::duration<double, std::milli>(after - before).count());
      passed = after - start;
    } while (passed.count() < plan.most_seconds &&
             (static_cast<int64_t>(milliseconds.size()) < enough || passed.count() < seconds));
    return milliseconds;
  };
  ask(warm_up, plan.seconds / 10);
  std::vector<double> milliseconds = ask(plan.least, plan.seconds);
  std::sort(milliseconds.begin(), milliseconds.end());
  return milliseconds;
}

Latency measure_latency(const std::string& name, const Predictor& predictor, int64_t batch) {
  const std::vector<double> milliseconds = query_milliseconds(predictor, {.batch = batch});
  return {name, at::get_num_threads(), batch, percentile(milliseconds, 0.5),
          percentile(milliseconds, 0.95)};
}

BenchTiming measure_timing(const Predictor& predictor, int64_t batch, double seconds) {
  constexpr int64_t least_batches = 3;
  const QueryPlan plan{.batch = batch,
                       .least = batch == 1 ? fewest_queries(0.99) : least_batches,
                       .seconds = seconds,
                       .most_seconds = 20 * seconds};
  const std::vector<double> milliseconds = query_milliseconds(predictor, plan);
  const auto queries = static_cast<int64_t>(milliseconds.size());
  const double total = std::accumulate(milliseconds.begin(), milliseconds.end(), 0.0);
  return {.threads = at::get_num_threads(),
          .batch = batch,
          .queries = queries,
          .images_per_second = 1000 * static_cast<double>(queries * batch) / total,
          .p50_ms = percentile(milliseconds, 0.5),
          .p90_ms = percentile(milliseconds, 0.9),
          .p99_ms = percentile(milliseconds, 0.99),
          .p90_at_most_ms = percentile_at_most(milliseconds, 0.9),
          .p99_at_most_ms = percentile_at_most(milliseconds, 0.99)};
}

}  // namespace retort
