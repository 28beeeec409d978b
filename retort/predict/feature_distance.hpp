#pragma once

#include <memory>
#include <vector>

#include "retort/data/dataset.hpp"
#include "retort/predict/merged.hpp"

namespace retort {

/// Tells the members of a merge apart by how far an image's features are from those of each
/// member's own training images. Features are what a member's last layer reads (the mean over the
/// pixels of a map). Their distance is Mahalanobis's to the nearest class mean, with one covariance
/// for all classes (Lee et al. 2018, "A simple unified framework for detecting out-of-distribution
/// samples"), classes being what the member answers, and the covariance drawn a tenth towards a
/// multiple of the identity. Distances in different features have different units: "logits" [N, M]
/// is (mean - distance²) / deviation, both over own images that the means have not seen.
///
/// own: images labelled by whose they are, 0 .. M - 1. Throws Error (usage) for a member that is no
/// one network with a last layer or has fewer than `feature_distance_images` of them.
std::shared_ptr<const Predictor> feature_distance(std::vector<MergeMember> members,
                                                  const DatasetPointer& own);

/// The fewest own images of a member.
constexpr int64_t feature_distance_images = 20;

/// Throws Error (usage) for a network without one last layer, or whose features are too many for
/// a covariance.
void check_features(const Graph& member, const std::string& name);

}  // namespace retort
