#pragma once

#include <cstdint>
#include <vector>

#include "retort/data/dataset.hpp"

namespace retort {

/// The samples at these indices, in this order, with other labels: `labels` has one for each of
/// them, an index into `classes` or no_label. Copies no pixel.
DatasetPointer relabelled(DatasetPointer dataset, std::vector<int64_t> indices, Classes classes,
                          std::vector<int64_t> labels);

/// The samples of these classes alone, labelled by their place in `known`; labels of the others are
/// not there. Throws Error (usage) for a class that the data set does not have.
DatasetPointer only_of_classes(const DatasetPointer& dataset, const Classes& known);

/// The same samples, each from a pool: `pools` has an index into `names` or no_label for each. What
/// the data set itself says of pools is no longer seen. The fingerprint stays: a pool changes
/// neither pixel nor label.
DatasetPointer with_pools(DatasetPointer dataset, Classes names, std::vector<int64_t> pools);

}  // namespace retort
