#include "retort/evaluate/near_duplicates.hpp"

#include <ATen/TensorOperators.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/max.h>
#include <ATen/ops/mm.h>

#include <algorithm>
#include <cassert>
#include <cmath>

#include "retort/base/interrupt.hpp"
#include "retort/data/images/resize.hpp"
#include "retort/tensor/named_tensors.hpp"

namespace retort {
namespace {

constexpr int64_t longest_side = 32;

// Pixels of one image in grey, small, less their mean, of length 1; all 0 for one colour.
std::vector<float> direction_of(std::vector<float> image, Shape shape) {
  const auto plane = static_cast<size_t>(shape[1] * shape[2]);
  for (size_t i = plane; i < image.size(); ++i) image[i % plane] += image[i];
  image.resize(plane);
  const Shape small = {1, std::min(shape[1], longest_side), std::min(shape[2], longest_side)};
  shape[0] = 1;
  if (small != shape) image = resize_bilinear<float>(image, shape, small[1], small[2]);
  double sum = 0, squares = 0;
  for (const float pixel : image) sum += pixel;
  const double mean = sum / static_cast<double>(image.size());
  for (const float pixel : image) squares += (pixel - mean) * (pixel - mean);
  const double length = std::sqrt(squares);
  for (float& pixel : image) {
    pixel = length > 1e-4 ? static_cast<float>((pixel - mean) / length) : 0.0F;
  }
  return image;
}

// [last - first, pixels]
Tensor directions_of(const Dataset& images, int64_t first, int64_t last) {
  Tensor rows;
  std::vector<float> pixels(static_cast<size_t>(element_count(images.shape())));
  for (int64_t index = first; index < last; ++index) {
    images.read({.index = index}, pixels);
    const std::vector<float> row = direction_of(pixels, images.shape());
    if (!rows.defined()) {
      rows = at::empty({last - first, static_cast<int64_t>(row.size())}, at::kFloat);
    }
    std::copy(row.begin(), row.end(), rows.select(0, index - first).data_ptr<float>());
  }
  return rows;
}

}  // namespace

std::vector<Nearest> nearest_images(const Dataset& images, const Dataset& others) {
  constexpr int64_t at_once = 512;
  assert(images.shape() == others.shape());
  std::vector<Nearest> nearest(static_cast<size_t>(images.size()));
  if (images.size() == 0 || others.size() == 0) return nearest;
  const Tensor all = directions_of(others, 0, others.size()).t();
  for (int64_t first = 0; first < images.size(); first += at_once) {
    stop_if_requested();
    const int64_t last = std::min(first + at_once, images.size());
    const auto [values, places] = at::max(at::mm(directions_of(images, first, last), all), 1);
    for (int64_t i = 0; i < last - first; ++i) {
      nearest[static_cast<size_t>(first + i)] = {places[i].item<int64_t>(),
                                                 static_cast<double>(values[i].item<float>())};
    }
  }
  return nearest;
}

}  // namespace retort
