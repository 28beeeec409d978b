#include "retort/model/onnx_layout.hpp"

#include <fmt/format.h>

#include "retort/base/error.hpp"

namespace retort {
namespace {

int64_t product_up_to(const Shape& sizes, size_t end) {
  return element_count(Shape(sizes.begin(), sizes.begin() + static_cast<std::ptrdiff_t>(end)));
}

}  // namespace

OnnxLayout OnnxLayout::batch_first(const Shape& shape) {
  OnnxLayout layout{.sizes = shape};
  layout.sizes.insert(layout.sizes.begin(), 1);
  return layout;
}

int64_t OnnxLayout::before_batch() const {
  return product_up_to(sizes, batch_axis) * outer;
}

Shape OnnxLayout::stored() const {
  Shape result;
  for (size_t axis = 0; axis < rank(); ++axis) {
    if (axis != batch_axis) {
      result.push_back(sizes[axis]);
      continue;
    }
    if (outer > 1) result.push_back(outer);
    if (inner() > 1) result.push_back(inner());
  }
  return result;
}

size_t OnnxLayout::stored_axis(size_t axis) const {
  if (axis < batch_axis) return axis;
  return axis - 1 + (outer > 1 ? 1 : 0) + (inner() > 1 ? 1 : 0);
}

OnnxLayout OnnxLayout::with_stored(const Shape& stored) const {
  OnnxLayout result = *this;
  for (size_t axis = 0; axis < rank(); ++axis) {
    if (axis != batch_axis) result.sizes[axis] = stored.at(stored_axis(axis));
  }
  return result;
}

std::optional<OnnxLayout> OnnxLayout::reshaped(Shape new_sizes, size_t new_batch_axis) const {
  // Divided, since a product of strangers' sizes may overflow.
  int64_t left = element_count(sizes);
  for (const int64_t size : new_sizes) {
    if (size < 1 || left % size != 0) return std::nullopt;
    left /= size;
  }
  if (left != 1) return std::nullopt;
  const int64_t before = product_up_to(new_sizes, new_batch_axis);
  if (before_batch() % before != 0) return std::nullopt;
  const int64_t new_outer = before_batch() / before;
  if (new_sizes[new_batch_axis] % new_outer != 0) return std::nullopt;
  return OnnxLayout{std::move(new_sizes), new_batch_axis, new_outer};
}

std::string OnnxLayout::text() const {
  std::vector<std::string> words;
  for (size_t axis = 0; axis < rank(); ++axis) {
    const bool counts_batch = axis == batch_axis;
    const std::string number = std::to_string(sizes[axis]);
    words.push_back(!counts_batch ? number : sizes[axis] == 1 ? "N" : number + " x N");
  }
  return fmt::format("[{}]", join(words));
}

}  // namespace retort
