#include "retort/report/picture.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "retort/report/escape.hpp"
#include "retort/report/png.hpp"

namespace retort {
namespace {

// What can be drawn of an image: its colours or, with any other number of channels, the first one;
// empty when the record is damaged.
Picture drawable(const std::array<int64_t, 3>& shape, const std::vector<uint8_t>& pixels) {
  constexpr int64_t largest = 4096;
  const auto [channels, height, width] = shape;
  if (channels < 1 || height < 1 || width < 1 || channels > largest || height > largest ||
      width > largest || static_cast<int64_t>(pixels.size()) != channels * height * width) {
    return {};
  }
  const int64_t drawn = channels == 3 ? 3 : 1;
  return {.shape = {drawn, height, width},
          .pixels = {pixels.begin(), pixels.begin() + drawn * height * width}};
}

// Squares of factor x factor pixels become their mean, so that large photographs do not swell the
// page; what is left at the right and lower edge is cut off.
Picture reduced(const Picture& picture) {
  constexpr int64_t most_pixels = 112;  // of a side
  const auto [channels, height, width] = picture.shape;
  const int64_t factor =
      std::min((std::max(height, width) + most_pixels - 1) / most_pixels, std::min(height, width));
  if (factor <= 1) return picture;
  Picture small{.shape = {channels, height / factor, width / factor}, .pixels = {}};
  for (int64_t c = 0; c < channels; ++c) {
    for (int64_t y = 0; y < height / factor; ++y) {
      for (int64_t x = 0; x < width / factor; ++x) {
        int64_t sum = 0;
        for (int64_t i = 0; i < factor * factor; ++i) {
          const int64_t row = c * height + y * factor + i / factor;
          sum += picture.pixels[row * width + x * factor + i % factor];
        }
        small.pixels.push_back(static_cast<uint8_t>(sum / (factor * factor)));
      }
    }
  }
  return small;
}

}  // namespace

std::string picture_html(const std::array<int64_t, 3>& shape, const std::vector<uint8_t>& pixels,
                         std::string_view what) {
  const Picture picture = reduced(drawable(shape, pixels));
  if (picture.pixels.empty()) return "";
  const bool wide = picture.shape[2] > picture.shape[1];
  return fmt::format(R"(<img class="{}" src="data:image/png;base64,{}" width="{}" height="{}" )"
                     R"(alt="{}">)",
                     wide ? "across" : "upright", base64(png_file(picture)), picture.shape[2],
                     picture.shape[1], escaped(what));
}

}  // namespace retort
