#include "retort/data/transforms/flip.hpp"

#include <algorithm>

namespace retort {

void Flip::apply(std::span<float> pixels, const Shape& shape, int64_t view) const {
  if (view == 0) return;
  float* const end = pixels.data() + pixels.size();
  for (float* row = pixels.data(); row < end; row += shape[2]) std::reverse(row, row + shape[2]);
}

}  // namespace retort
