#pragma once

#include "retort/data/dataset.hpp"

namespace retort {

/// The data set in at most `views` of its views: which ones, each image draws for itself. What was
/// drawn from a continuous range becomes a few versions of each image that can be recorded. 0, or
/// no fewer than it has: the data set itself.
DatasetPointer in_planned_views(DatasetPointer dataset, int64_t views);

}  // namespace retort
