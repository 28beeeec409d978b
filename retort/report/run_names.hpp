#pragma once

#include <string>
#include <vector>

#include "retort/report/comparison.hpp"

namespace retort {

/// The names of compared runs without the folders and values that all of them begin with, so that
/// what tells them apart survives where there is little room: "temperature=1,seed=2" of
/// "runs/sweep/widths=30,temperature=1,seed=2".
std::vector<std::string> distinct_names(const std::vector<ComparedRun>& runs);

/// At most `most` characters of a run's name; of a longer one the end, after an ellipsis: there the
/// cells of a sweep differ.
std::string end_of_name(const std::string& name, size_t most);

}  // namespace retort
