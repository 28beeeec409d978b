#pragma once

#include <string>
#include <vector>

#include "retort/base/file.hpp"
#include "retort/result/bench_result.hpp"

namespace retort {

/// How models are measured.
struct BenchOptions {
  std::vector<int64_t> threads;  // 0: all physical cores; each number counts once
  std::vector<int64_t> batches = {1, 8, 64};
  double seconds = 1;               // of each number of threads with each batch, at least
  Path command = "/proc/self/exe";  // the program `retort`
};

/// Measures one model here and now, as the first thing of a process that has cold numbers: opening
/// the file, then every batch on every number of threads, through the NetworkPredictor (norms
/// folded into convolutions). Throws Error (model).
BenchResult bench_here(const Path& model, const BenchOptions& options);

/// Measures models one after the other, each in a process of its own: `retort bench MODEL --json`.
std::vector<BenchResult> bench_apart(const std::vector<std::string>& models,
                                     const BenchOptions& options);

}  // namespace retort
