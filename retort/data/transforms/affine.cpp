#include "retort/data/transforms/affine.hpp"

#include <fmt/format.h>

#include <cmath>
#include <numbers>
#include <vector>

namespace retort {
namespace {

// Of one channel; zero outside.
struct Plane {
  const float* pixels;
  int64_t height, width;

  double at(int64_t y, int64_t x) const {
    return y >= 0 && y < height && x >= 0 && x < width ? pixels[y * width + x] : 0;
  }

  double between(double y, double x) const {
    const double top = std::floor(y), left = std::floor(x);
    const double down = y - top, right = x - left;
    const auto y0 = static_cast<int64_t>(top), x0 = static_cast<int64_t>(left);
    return (1 - down) * ((1 - right) * at(y0, x0) + right * at(y0, x0 + 1)) +
           down * ((1 - right) * at(y0 + 1, x0) + right * at(y0 + 1, x0 + 1));
  }
};

double radians(double degrees) {
  return degrees * std::numbers::pi / 180;
}

}  // namespace

void move_affinely(std::span<float> pixels, const Shape& shape, const AffineMap& map) {
  const int64_t height = shape[1], width = shape[2], plane = height * width;
  const double cosine = std::cos(radians(map.degrees)), sine = std::sin(radians(map.degrees));
  const double slant = std::tan(radians(map.shear));
  // Where a pixel comes from: the inverse map, whose determinant without the scale is 1.
  const double xx = (cosine - sine * slant) / map.scale, xy = (cosine * slant + sine) / map.scale;
  const double yx = -sine / map.scale, yy = cosine / map.scale;
  const double middle_y = static_cast<double>(height - 1) / 2;
  const double middle_x = static_cast<double>(width - 1) / 2;
  const std::vector<float> before(pixels.begin(), pixels.end());
  for (int64_t y = 0; y < height; ++y) {
    for (int64_t x = 0; x < width; ++x) {
      const double down = static_cast<double>(y) - middle_y;
      const double right = static_cast<double>(x) - middle_x;
      const double from_y = middle_y + yx * right + yy * down;
      const double from_x = middle_x + xx * right + xy * down;
      for (int64_t channel = 0; channel < shape[0]; ++channel) {
        const Plane from{before.data() + channel * plane, height, width};
        pixels[static_cast<size_t>(channel * plane + y * width + x)] =
            static_cast<float>(from.between(from_y, from_x));
      }
    }
  }
}

void Affine::describe(FieldVisitor& visitor) {
  visitor.visit({.name = "degrees",
                 .help = "by how much it is turned at most, either way",
                 .range = Range::between(0, 180)},
                degrees);
  visitor.visit({.name = "scale",
                 .help = "by which share it is enlarged or made smaller at most",
                 .range = Range::between(0, 0.9)},
                scale);
  visitor.visit({.name = "shear",
                 .help = "by how many degrees it is slanted at most, either way",
                 .range = Range::between(0, 80)},
                shear);
}

void Affine::apply(std::span<float> pixels, const Shape& shape, int64_t view) const {
  Random random(RandomKey(static_cast<uint64_t>(view), kind));
  const auto around_zero = [&](double most) { return most * (2 * random.uniform() - 1); };
  const double turned = around_zero(degrees), larger = around_zero(scale);
  move_affinely(pixels, shape,
                {.degrees = turned, .scale = 1 + larger, .shear = around_zero(shear)});
}

std::string Affine::text() const {
  return fmt::format("affine degrees {} scale {} shear {}", degrees, scale, shear);
}

}  // namespace retort
