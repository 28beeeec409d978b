#include "retort/tensor/shape.hpp"

#include <fmt/format.h>

#include <functional>
#include <numeric>

namespace retort {

int64_t element_count(const Shape& shape) {
  return std::accumulate(shape.begin(), shape.end(), int64_t{1}, std::multiplies<>());
}

std::string shape_text(const Shape& shape) {
  return fmt::format("{}", fmt::join(shape, "x"));
}

}  // namespace retort
