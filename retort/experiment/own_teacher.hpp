#pragma once

#include <string>
#include <utility>
#include <vector>

#include "retort/experiment/experiment.hpp"

namespace retort {

/// What does not fit together of teachers that are an average of the student or are asked of plain
/// images: the field and what is wrong with it. chooses_teachers: see read_experiment.
std::vector<std::pair<std::string, std::string>> own_teacher_misfits(const Experiment& experiment,
                                                                     bool chooses_teachers);

}  // namespace retort
