#include "retort/data/transforms/random_box.hpp"

#include <cmath>

namespace retort {

std::optional<Box> random_box(Random& random, int64_t height, int64_t width, double least_area,
                              double most_area, double ratio) {
  constexpr int attempts = 10;
  for (int attempt = 0; attempt < attempts; ++attempt) {
    const double share = least_area + (most_area - least_area) * random.uniform();
    const double area = share * static_cast<double>(height * width);
    const double upright = std::pow(ratio, 2 * random.uniform() - 1);
    const int64_t tall = std::lrint(std::sqrt(area * upright));
    const int64_t wide = std::lrint(std::sqrt(area / upright));
    if (tall < 1 || wide < 1 || tall > height || wide > width) continue;
    const auto place = [&](int64_t room) {
      return static_cast<int64_t>(random.below(static_cast<uint64_t>(room + 1)));
    };
    const int64_t top = place(height - tall);
    return Box{top, place(width - wide), tall, wide};
  }
  return std::nullopt;
}

}  // namespace retort
