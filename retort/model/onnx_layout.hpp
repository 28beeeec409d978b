#pragma once

#include <optional>

#include "retort/tensor/shape.hpp"

namespace retort {

/// How a value of an ONNX file lies in a node of ours. There the batch may be any dimension, or a
/// factor of one: rows [length x N x heads, features]. Here it is the first: [N, length, heads,
/// features]. What lies before the batch keeps its order, and so does what lies behind it.
struct OnnxLayout {
  Shape sizes;            // of the value; at `batch_axis` without the batch itself
  size_t batch_axis = 0;  // the dimension that counts the batch
  int64_t outer = 1;      // the factor before the batch in it; the rest is behind

  /// Of a value that lies as it is; `shape` does not count the batch.
  static OnnxLayout batch_first(const Shape& shape);
  bool is_batch_first() const { return batch_axis == 0 && sizes[0] == 1; }

  size_t rank() const { return sizes.size(); }
  int64_t inner() const { return sizes[batch_axis] / outer; }
  /// Elements of one sample that lie before the batch.
  int64_t before_batch() const;
  /// The shape of the node, without the batch.
  Shape stored() const;
  /// The dimension of the node, without the batch, that a dimension other than the batch's is.
  size_t stored_axis(size_t axis) const;
  /// The same dimensions in a node of this shape, which has as many.
  OnnxLayout with_stored(const Shape& stored) const;
  /// The same elements in order, as other sizes with the batch in this dimension; nothing where
  /// that would mix samples.
  std::optional<OnnxLayout> reshaped(Shape new_sizes, size_t new_batch_axis) const;
  /// "[2 x N, 3]"
  std::string text() const;
  bool operator==(const OnnxLayout&) const = default;
};

}  // namespace retort
