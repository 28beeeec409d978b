#pragma once

#include <string>
#include <utility>
#include <vector>

#include "retort/experiment/experiment.hpp"

namespace retort {

/// What does not fit together of an experiment's other data sets and of who learns from them, and
/// of the views of teachers: the field and what is wrong with it.
std::vector<std::pair<std::string, std::string>> other_misfits(const Experiment& experiment);

/// Whether all images are those of `[data]`.
bool is_own(const ImageSettings& settings);

}  // namespace retort
