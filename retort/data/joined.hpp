#pragma once

#include <vector>

#include "retort/data/dataset.hpp"

namespace retort {

/// Several data sets, one after the other, as one. Classes and pools are the first one's; samples
/// of the others have no pool. All have the same shape, one view of a sample, and labels of these
/// classes or none. One alone: itself.
DatasetPointer joined(std::vector<DatasetPointer> parts);

/// The data set with these classes and no label, whatever classes and labels it has.
DatasetPointer without_labels(const DatasetPointer& dataset, const Classes& classes);

/// The data set with its classes in this order. Throws Error (usage) that names the classes missing
/// on either side where they are not the same.
DatasetPointer with_class_order(const DatasetPointer& dataset, const Classes& classes);

}  // namespace retort
