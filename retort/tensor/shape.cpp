#include "retort/tensor/shape.hpp"

#include <fmt/format.h>

#include <functional>
#include <numeric>

namespace retort {

int64_t element_count(const Shape& shape) {
  return std::accumulate(shape.begin(), shape.end(), int64_t{1}, std::multiplies<>());
}

int64_t bounded_product(std::initializer_list<int64_t> counts) {
  int64_t product = 1;
  for (const int64_t count : counts) {
    if (count > 0 && product > most_count / count) return most_count;
    product *= count;
  }
  return product;
}

std::string shape_text(const Shape& shape) {
  return fmt::format("{}", fmt::join(shape, "x"));
}

}  // namespace retort
