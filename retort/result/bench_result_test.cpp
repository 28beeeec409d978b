#include "retort/result/bench_result.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

namespace retort {
namespace {

BenchResult example() {
  BenchResult result{.model = "a.onnx", .parameters = 650, .macs = 640, .file_bytes = 3003};
  result.input = {1, 8, 8};
  result.open_seconds = 0.5;
  result.load_before = 0.25;
  result.timings = {{.threads = 1, .batch = 1, .queries = 700, .p90_ms = 2, .p99_at_most_ms = 3},
                    {.threads = 2, .batch = 64, .queries = 3, .p99_at_most_ms = std::nan("")}};
  result.environment = {.retort = "1", .libtorch = "2", .cpu = "c", .dtype = "fp32", .threads = 2};
  return result;
}

TEST(BenchResult, ComesBackFromItsDocument) {
  const std::string document = bench_json({example(), example()});
  const std::vector<BenchResult> read = parse_bench(document, "here");
  ASSERT_EQ(read.size(), 2);
  EXPECT_EQ(bench_json(read), document);
  EXPECT_EQ(read[1].at(1, 1)->p90_ms, 2);
  EXPECT_TRUE(std::isnan(read[0].at(2, 64)->p99_at_most_ms));
  EXPECT_EQ(read[0].at(2, 1), nullptr);
  EXPECT_EQ(read[0].environment.threads, 2);
  EXPECT_THAT(document, testing::HasSubstr(R"("p99_at_most_ms": null)"));
}

TEST(BenchResult, WhatIsNone) {
  EXPECT_THROW(parse_bench("{}", "here"), Error);
  EXPECT_THROW(parse_bench("told", "here"), Error);
}

}  // namespace
}  // namespace retort
