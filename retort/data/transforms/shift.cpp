#include "retort/data/transforms/shift.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <vector>

namespace retort {
namespace {

// The place in [0, size) that a place outside mirrors; the border itself is not repeated.
int64_t mirrored(int64_t place, int64_t size) {
  if (size == 1) return 0;
  const int64_t period = 2 * (size - 1);
  const int64_t within = std::abs(place) % period;
  return std::min(within, period - within);
}

// Moves one row of `width` values by `by` and fills what is left open.
void move_row(const float* from, float* to, int64_t width, int64_t by, bool mirrors) {
  const int64_t first = std::clamp<int64_t>(by, 0, width);
  const int64_t last = std::clamp<int64_t>(width + by, first, width);
  if (first < last) std::copy(from + first - by, from + last - by, to + first);
  const auto fill = [&](int64_t x) { to[x] = mirrors ? from[mirrored(x - by, width)] : 0.0F; };
  for (int64_t x = 0; x < first; ++x) fill(x);
  for (int64_t x = last; x < width; ++x) fill(x);
}

}  // namespace

void Shift::describe(FieldVisitor& visitor) {
  visitor.visit({.name = "pixels",
                 .help = "how far at most, in x and in y",
                 .range = Range::between(0, 1000)},
                pixels);
  visitor.visit({.name = "fill",
                 .help = "what comes in from outside: 0, or the image reflected at its border",
                 .choices = {"zero", "reflect"}},
                fill);
}

int64_t Shift::views() const {
  return (2 * pixels + 1) * (2 * pixels + 1);
}

void Shift::apply(std::span<float> pixels_of_image, const Shape& shape, int64_t view) const {
  const int64_t side = 2 * pixels + 1;
  const int64_t dx = view % side - pixels;
  const int64_t dy = view / side - pixels;
  const int64_t height = shape[1];
  const int64_t width = shape[2];
  const bool mirrors = fill == "reflect";
  thread_local std::vector<float> before;
  before.assign(pixels_of_image.begin(), pixels_of_image.end());
  for (int64_t channel = 0; channel < shape[0]; ++channel) {
    const float* from = before.data() + channel * height * width;
    float* to = pixels_of_image.data() + channel * height * width;
    for (int64_t y = 0; y < height; ++y, to += width) {
      const int64_t source = mirrors ? mirrored(y - dy, height) : y - dy;
      if (source < 0 || source >= height) {
        std::fill(to, to + width, 0.0F);
      } else {
        move_row(from + source * width, to, width, dx, mirrors);
      }
    }
  }
}

std::string Shift::text() const {
  return fmt::format("shift pixels {}{}", pixels, fill == "zero" ? "" : " fill " + fill);
}

}  // namespace retort
