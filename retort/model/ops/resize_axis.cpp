#include "retort/model/ops/resize_axis.hpp"

#include <algorithm>
#include <cmath>

namespace retort {

// In fp32, as other software does it: a pixel on the edge between two would else be the other one.
float ResizedAxis::place(int64_t pixel) const {
  const auto i = static_cast<float>(pixel);
  const auto size = static_cast<float>(from);
  float at = (i + 0.5f) / scale - 0.5f;  // half_pixel
  if (scale == 1)
    at = i;
  else if (coordinates == "asymmetric")
    at = i / scale;
  else if (coordinates == "tf_half_pixel_for_nn")
    at = (i + 0.5f) / scale;
  else if (coordinates == "align_corners")
    at = i * (size - 1) / std::max(static_cast<float>(to - 1), 1.0f);
  else if (coordinates == "pytorch_half_pixel" && to == 1)
    at = 0;
  else if (coordinates == "half_pixel_symmetric")
    at += size / 2 * (1 - static_cast<float>(to) / (scale * size));
  return std::clamp(at, 0.0f, size - 1);
}

int64_t ResizedAxis::nearest(int64_t pixel, std::string_view rounding) const {
  const float at = place(pixel);
  const float below = std::floor(at);
  const float rest = at - below;
  const bool up = rounding == "ceil"                 ? rest > 0
                  : rounding == "round_prefer_floor" ? rest > 0.5f
                  : rounding == "round_prefer_ceil"  ? rest >= 0.5f
                                                     : false;
  return std::min(static_cast<int64_t>(below) + (up ? 1 : 0), from - 1);
}

bool ResizedAxis::fits() const {
  return scale == static_cast<float>(static_cast<double>(to) / static_cast<double>(from));
}

bool ResizedAxis::repeats() const {
  return to % from == 0 && scale == static_cast<float>(to / from);
}

}  // namespace retort
