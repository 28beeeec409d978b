#pragma once

#include <string>
#include <utility>
#include <vector>

#include "retort/result/sweep_result.hpp"

namespace retort {

/// For every field of numbers a panel for each combination of the other fields' values: the errors
/// of student and twin against the field, a dot a cell, a line through the means, and their 95 %
/// intervals. All panels of a field have one scale.
std::string sweep_plots_html(const SweepResult& sweep);

/// "widths [30, 30], temperature 4": values of fields by the fields' short names; plain text.
std::string values_words(const SweepResult& sweep,
                         const std::vector<std::pair<std::string, std::string>>& values);

}  // namespace retort
