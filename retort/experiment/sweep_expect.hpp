#pragma once

#include <optional>
#include <vector>

#include "retort/experiment/sweep.hpp"

namespace retort {

/// Throws Error (usage) for an expected number whose choice of cells,
/// `student.errors[temperature=8|20,widths=300-300]`, names a field or a value that no cell has, or
/// that mixes names with and without a choice.
void check_choices(const Sweep& sweep);

/// The expected numbers of a sweep beside their bands. A number without a choice of cells is looked
/// at in every cell that has a result; in one with choices each name stands for its mean over the
/// chosen cells ("[]": all), which is NaN as long as one of them has none.
/// runs: the result of each cell; none where it is not done.
std::vector<Verdict> verdicts_of(const Sweep& sweep,
                                 const std::vector<std::optional<RunResult>>& runs);

}  // namespace retort
