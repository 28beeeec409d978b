#pragma once

#include <cstdint>
#include <vector>

#include "retort/data/dataset.hpp"

namespace retort {

/// The samples at these indices, in this order. Copies no pixel.
DatasetPointer subset(DatasetPointer dataset, std::vector<int64_t> indices);

/// Of all samples, in order.
std::vector<int64_t> all_indices(const Dataset& dataset);

/// Two disjoint parts that are together the whole, each sorted.
struct SplitIndices {
  std::vector<int64_t> training;
  std::vector<int64_t> validation;
};

/// Holds out `count` samples, each class with its share of them (largest remainder), chosen by the
/// seed. Throws Error (usage) when nothing would be left to train on.
SplitIndices validation_split(const Dataset& dataset, int64_t count, uint64_t seed);

/// Those of `candidates` whose label is one of these classes, in their order. Throws Error (usage)
/// for a class that the data set does not have.
std::vector<int64_t> of_classes(const Dataset& dataset, const std::vector<int64_t>& candidates,
                                const Classes& classes);

/// `count` out of `candidates`, each class in turn giving its next one in an order chosen by the
/// seed, while it has any; sorted; a smaller choice is part of a larger one. Samples without a
/// label are never chosen. Throws Error (usage) when there are fewer, or fewer wanted than classes.
std::vector<int64_t> labelled_choice(const Dataset& dataset, const std::vector<int64_t>& candidates,
                                     int64_t count, uint64_t seed);

/// The data set with the labels of these samples alone; the others have none. Copies no pixel.
DatasetPointer with_labels_of(DatasetPointer dataset, std::vector<int64_t> indices);

/// All images of these classes. Throws Error (usage) like of_classes.
DatasetPointer images_of_classes(const DatasetPointer& dataset, const Classes& classes);

/// `count` of each class (of each of `classes`, where some are named) out of `candidates`, chosen
/// by the seed, sorted; a smaller choice is part of a larger one. Throws Error (usage) that names
/// the class that has fewer.
std::vector<int64_t> balanced_choice(const Dataset& dataset, const std::vector<int64_t>& candidates,
                                     int64_t count, uint64_t seed, const Classes& classes = {});

}  // namespace retort
