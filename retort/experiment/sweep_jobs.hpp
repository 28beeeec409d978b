#pragma once

#include "retort/experiment/sweep_folder.hpp"
#include "retort/result/progress.hpp"

namespace retort {

/// How the cells of a sweep run.
struct SweepOptions {
  int64_t jobs = 1;                 // cells side by side, each in a process of its own
  int64_t threads = 1;              // of all of them together
  Path command = "/proc/self/exe";  // the program `retort`
};

/// Runs the unfinished cells of a sweep in processes, `jobs` at a time, each with its share of the
/// threads. A stop that is requested is passed on to all of them. Throws Error (interrupted) when
/// they have ended then, Error (resources) when no process can be started.
void run_in_processes(SweepFolder& folder, const SweepOptions& options, Progress& progress);

}  // namespace retort
