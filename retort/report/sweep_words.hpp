#pragma once

#include <string>
#include <utility>
#include <vector>

#include "retort/result/sweep_result.hpp"

namespace retort {

using RoledNames = std::vector<std::pair<std::string, std::string>>;  // model, its role's class

/// The models of a sweep in the order of a run's page: students, adjusted ones, twins, teachers.
RoledNames models_of(const SweepResult& sweep);

/// Null where no cell of the row has measured the model.
const Spread* errors_of(const SweepRow& row, std::string_view model);

/// What a sweep found out: the sentence on top of its page, and those below it. The answer itself
/// where seeds, numbers of labels or few values of one field were varied; else how many cells are
/// done.
std::pair<std::string, std::string> answer_of(const SweepResult& sweep);

}  // namespace retort
