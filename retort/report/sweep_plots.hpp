#pragma once

#include <string>

#include "retort/result/sweep_result.hpp"

namespace retort {

/// For every field of numbers a panel for each combination of the other fields' values: the errors
/// of student and twin against the field, a dot a cell, a line through the means, and their 95 %
/// intervals. All panels of a field have one scale.
std::string sweep_plots_html(const SweepResult& sweep);

}  // namespace retort
