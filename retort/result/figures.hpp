#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "retort/result/run_result.hpp"

namespace retort {

/// A number of a run by its name, MODEL.FIGURE: "student.errors", "big.nll", "twin.right.CLASS"
/// (the share of a class's test images that are right), "student.usps.errors" (the same of another
/// data set's test images). NaN where it was not measured. Throws Error
/// (usage) that says which models, figures or classes there are.
double figure(const RunResult& result, std::string_view name);

/// The figures that every model has, for help and messages.
std::vector<std::string> figure_names();

}  // namespace retort
