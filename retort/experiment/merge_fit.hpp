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

/// One scale s_m and one offset o_m for each member: those that maximise
///   sum_i log softmax(s_m z_m + o_m)_y(i) - 1/20 sum_m ((s_m - 1)^2 + o_m^2)
/// over the labelled images i: temperature scaling (Guo et al. 2017, "On calibration of modern
/// neural networks") of every member, and what to add so that their logits can stand side by side.
/// A class of several members has the mean of theirs. The second part, a normal prior of variance
/// 10, keeps a handful of images that are told apart without error from driving a scale to
/// infinity. The function is concave: there is one answer. labels: [N] int64, none of them
/// no_label.
MergeFit fit_to_labels(const MembersSaid& said, const Tensor& labels);

}  // namespace retort
