#pragma once

#include "cli/verbs.hpp"
#include "retort/result/sweep_result.hpp"

namespace retort::cli {

/// --jobs, for verbs that run a sweep.
void add_jobs(CLI::App& verb, int64_t& jobs);

/// The rows of a sweep: the values, and mean and 95 % interval of each model's errors.
std::string sweep_table(const SweepResult& sweep);

/// Each expected number beside its band; empty where nothing is expected.
std::string verdicts_table(const std::vector<Verdict>& verdicts);

/// Throws the error of the first cell that failed, with how many there are and where.
void throw_failed_cells(const SweepResult& sweep, const Path& folder);

}  // namespace retort::cli
