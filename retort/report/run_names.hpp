#pragma once

#include <string>
#include <vector>

#include "retort/report/comparison.hpp"

namespace retort {

/// The names of compared runs without the folders and values that all of them begin with, so that
/// what tells them apart survives where there is little room: "temperature=1,seed=2" of
/// "runs/sweep/widths=30,temperature=1,seed=2".
std::vector<std::string> distinct_names(const std::vector<ComparedRun>& runs);

}  // namespace retort
