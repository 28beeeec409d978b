#pragma once

#include <string>

#include "retort/result/sweep_result.hpp"

namespace retort {

/// The errors of every row that has some, on one scale: a dot for each cell's model, a line of its
/// own for each role, the mean over the seeds and its 95 % interval. For sweeps without a field of
/// numbers; those with one have sweep_plots_html. Empty when no cell is done.
std::string row_dots_html(const SweepResult& sweep);

}  // namespace retort
