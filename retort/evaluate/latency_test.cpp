#include "retort/evaluate/latency.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "retort/model/zoo/mlp.hpp"

namespace retort {
namespace {

NetworkPredictor fresh() {
  const Graph graph = Mlp{{6}, {}}.build({1, 4, 4}, 3);
  return NetworkPredictor({graph, initial_weights(graph, 1)});
}

TEST(Latency, IsPositiveAndOrdered) {
  const Latency latency = measure_latency("a", fresh(), 1);
  EXPECT_GT(latency.p50_ms, 0);
  EXPECT_LE(latency.p50_ms, latency.p95_ms);
  EXPECT_EQ(latency.batch, 1);
}

TEST(Latency, AsksAsOftenAndAsLongAsPlanned) {
  const auto few = query_milliseconds(fresh(), {.batch = 2, .least = 50, .seconds = 0});
  EXPECT_EQ(few.size(), 50);
  EXPECT_TRUE(std::is_sorted(few.begin(), few.end()));
  const auto cut = query_milliseconds(fresh(), {.least = 1000000000, .most_seconds = 0.01});
  EXPECT_LT(cut.size(), 100000);
  const auto single = query_milliseconds(fresh(), {.least = 50, .most_seconds = 0});
  EXPECT_EQ(single.size(), 1);
}

TEST(Latency, SingleStreamHasABoundOfItsPercentiles) {
  const BenchTiming single = measure_timing(fresh(), 1, 0.05);
  EXPECT_GE(single.queries, 662);
  EXPECT_LE(single.p50_ms, single.p90_ms);
  EXPECT_LE(single.p90_ms, single.p90_at_most_ms);
  EXPECT_LE(single.p99_ms, single.p99_at_most_ms);
  const BenchTiming offline = measure_timing(fresh(), 64, 0.001);
  EXPECT_GE(offline.queries, 1);  // as many as its time allows
  EXPECT_TRUE(offline.queries > 400 || std::isnan(offline.p99_at_most_ms));
  EXPECT_GT(offline.images_per_second, 0);
}

}  // namespace
}  // namespace retort
