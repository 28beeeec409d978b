#pragma once

#include <string>
#include <vector>

#include "retort/report/comparison.hpp"

namespace retort {

/// The students' curves over each other, a line a run: test and validation error and the weighted
/// training loss. Against epochs where an epoch is as many steps in every run, else against steps.
/// Empty when no student was trained.
std::string compared_curves_html(const std::vector<ComparedRun>& runs);

}  // namespace retort
