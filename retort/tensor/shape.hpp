#pragma once

#include <cstdint>
#include <initializer_list>
#include <string>
#include <vector>

namespace retort {

/// Sizes of a tensor without the batch dimension, e.g. {1, 28, 28} for a grey image (C, H, W).
using Shape = std::vector<int64_t>;

/// Product of the sizes; 1 for a scalar.
int64_t element_count(const Shape& shape);

/// The most that is counted exactly (2^53, what a double holds exactly).
inline constexpr int64_t most_count = int64_t{1} << 53;

/// Product of counts from 0 on; most_count where it would be more: sizes of a stranger's file may
/// be absurd.
int64_t bounded_product(std::initializer_list<int64_t> counts);

/// "1x28x28"
std::string shape_text(const Shape& shape);

}  // namespace retort
