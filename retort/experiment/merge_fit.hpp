#pragma once

#include <vector>

#include "retort/data/dataset.hpp"
#include "retort/predict/merged.hpp"

namespace retort {

/// What the members say of at most `most` of the images, evenly spread; 0: of all. Their labels and
/// pools are not looked at. Throws Error (interrupted).
MembersSaid said_of_images(const Merge& merge, const Dataset& images, int64_t most = 0);

/// What a rule needs, fitted without labels on what the members say; shares: of every class.
///   calibrated: member m is scaled by (mean of all sigma) / sigma_m, sigma_m the deviation of its
///   largest logit, then the biases are those of fit_biases;
///   gated by what the members say: biases that make the mean of the gate each member's share, that
///   of its classes; a class of several members is shared by them.
/// Other rules need nothing.
MergeFit fit_of(const MergeRule& rule, const MembersSaid& said, const std::vector<double>& shares);

}  // namespace retort
