#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace retort {

/// Sizes of a tensor without the batch dimension, e.g. {1, 28, 28} for a grey image (C, H, W).
using Shape = std::vector<int64_t>;

/// Product of the sizes; 1 for a scalar.
int64_t element_count(const Shape& shape);

/// "1x28x28"
std::string shape_text(const Shape& shape);

}  // namespace retort
