#include "retort/data/images/resize.hpp"

#include <algorithm>
#include <cassert>
#include <cmath>

#include "retort/data/images/decoders.hpp"

namespace retort {
namespace {

// How sums of weighted pixels are made: in floating point, or for bytes in whole numbers with 22
// binary places, rounded, as Pillow does.
template <class Pixel>
struct Arithmetic {
  using Weight = float;
  static Weight weight(double share) { return static_cast<float>(share); }
  static Pixel rounded(float sum) { return sum; }
};

template <>
struct Arithmetic<uint8_t> {
  static constexpr int places = 22;
  using Weight = int32_t;
  static Weight weight(double share) {
    return static_cast<int32_t>(0.5 + share * (int32_t{1} << places));
  }
  static uint8_t rounded(int32_t sum) {
    return static_cast<uint8_t>((sum + (int32_t{1} << (places - 1))) >> places);
  }
};

// Which old pixels along one side make a new one, and with what weights.
template <class Weight>
struct Mixture {
  int64_t first = 0;
  std::vector<Weight> weights;
};

template <class Pixel>
std::vector<Mixture<typename Arithmetic<Pixel>::Weight>> mixtures(int64_t before, int64_t after) {
  const double scale = static_cast<double>(before) / static_cast<double>(after);
  const double reach = std::max(scale, 1.0);  // half the triangle's base
  std::vector<Mixture<typename Arithmetic<Pixel>::Weight>> all;
  for (int64_t i = 0; i < after; ++i) {
    const double centre = (static_cast<double>(i) + 0.5) * scale;
    const auto first = std::max<int64_t>(0, static_cast<int64_t>(centre - reach + 0.5));
    const auto last = std::min(before, static_cast<int64_t>(centre + reach + 0.5));
    std::vector<double> heights;
    double sum = 0;
    for (int64_t from = first; from < last; ++from) {
      const double away = std::abs(static_cast<double>(from) - centre + 0.5) / reach;
      heights.push_back(std::max(0.0, 1.0 - away));
      sum += heights.back();
    }
    all.push_back({first, {}});
    for (const double height : heights) {
      all.back().weights.push_back(Arithmetic<Pixel>::weight(height / sum));
    }
  }
  return all;
}

// Rows of `before` pixels to rows of `after`.
template <class Pixel>
std::vector<Pixel> with_width(std::span<const Pixel> from, int64_t before, int64_t after) {
  using Weight = typename Arithmetic<Pixel>::Weight;
  const auto columns = mixtures<Pixel>(before, after);
  const int64_t rows = static_cast<int64_t>(from.size()) / before;
  std::vector<Pixel> to;
  to.reserve(static_cast<size_t>(rows * after));
  for (const Pixel* row = from.data(); row < from.data() + from.size(); row += before) {
    for (const auto& column : columns) {
      const Pixel* pixel = row + column.first;
      Weight sum = 0;
      for (const Weight weight : column.weights) sum += weight * static_cast<Weight>(*pixel++);
      to.push_back(Arithmetic<Pixel>::rounded(sum));
    }
  }
  return to;
}

// Planes of `before` rows to planes of `after`.
template <class Pixel>
std::vector<Pixel> with_height(std::span<const Pixel> from, int64_t before, int64_t after,
                               int64_t width) {
  using Weight = typename Arithmetic<Pixel>::Weight;
  const auto lines = mixtures<Pixel>(before, after);
  std::vector<Pixel> to;
  to.reserve(from.size() / static_cast<size_t>(before) * static_cast<size_t>(after));
  std::vector<Weight> sums(static_cast<size_t>(width));
  for (const Pixel* plane = from.data(); plane < from.data() + from.size();
       plane += before * width) {
    for (const auto& line : lines) {
      std::fill(sums.begin(), sums.end(), Weight{0});
      const Pixel* row = plane + line.first * width;
      for (const Weight weight : line.weights) {
        for (Weight& sum : sums) sum += weight * static_cast<Weight>(*row++);
      }
      for (const Weight sum : sums) to.push_back(Arithmetic<Pixel>::rounded(sum));
    }
  }
  return to;
}

}  // namespace

template <class Pixel>
std::vector<Pixel> resize_bilinear(std::span<const Pixel> pixels, const Shape& shape,
                                   int64_t height, int64_t width) {
  assert(static_cast<int64_t>(pixels.size()) == element_count(shape));
  const std::vector<Pixel> narrow = with_width(pixels, shape[2], width);
  return with_height<Pixel>(narrow, shape[1], height, width);
}

template std::vector<uint8_t> resize_bilinear(std::span<const uint8_t>, const Shape&, int64_t,
                                              int64_t);
template std::vector<float> resize_bilinear(std::span<const float>, const Shape&, int64_t, int64_t);

Image resize_bilinear(const Image& image, int64_t height, int64_t width) {
  if (height == image.height() && width == image.width()) return image;
  return {{image.shape[0], height, width},
          resize_bilinear<uint8_t>(image.pixels, image.shape, height, width)};
}

Image centre_crop(const Image& image, int64_t height, int64_t width) {
  assert(height <= image.height() && width <= image.width());
  // Half a pixel goes to the even side, as Python rounds.
  const int64_t top = std::lrint(static_cast<double>(image.height() - height) / 2);
  const int64_t left = std::lrint(static_cast<double>(image.width() - width) / 2);
  Image result{{image.shape[0], height, width}, {}};
  result.pixels.reserve(static_cast<size_t>(element_count(result.shape)));
  for (int64_t channel = 0; channel < image.shape[0]; ++channel) {
    for (int64_t y = top; y < top + height; ++y) {
      const auto row = image.pixels.begin() + (channel * image.height() + y) * image.width() + left;
      result.pixels.insert(result.pixels.end(), row, row + width);
    }
  }
  return result;
}

Image fitted(const Image& image, int64_t short_side, int64_t height, int64_t width) {
  // The long side is cut to a whole number, as torchvision does.
  const bool bound_by_height = short_side > 0 ? image.height() <= image.width()
                                              : height * image.width() >= width * image.height();
  int64_t tall = short_side > 0 ? short_side : height;
  int64_t wide = short_side > 0 ? short_side : width;
  if (bound_by_height) {
    wide = tall * image.width() / image.height();
  } else {
    tall = wide * image.height() / image.width();
  }
  // A thin line would become very long.
  check_pixel_count(static_cast<uint64_t>(tall), static_cast<uint64_t>(wide));
  return centre_crop(resize_bilinear(image, tall, wide), height, width);
}

}  // namespace retort
