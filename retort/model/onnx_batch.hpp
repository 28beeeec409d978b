#pragma once

#include "retort/model/onnx_node.hpp"

namespace retort {

/// Sizes that a node of a file asks for: fixed + N * batches, 0 for the input's own size, -1 for
/// what is left.
struct OnnxSizes {
  std::vector<int64_t> fixed;
  std::vector<int64_t> batches;
};

/// The constant input of this place as sizes.
OnnxSizes onnx_sizes(const OnnxNode& node, size_t input, const OnnxSource& source);

/// Where the batch is in a reshaped value. A size that counts N says so, and so does one of -1 that
/// only N makes whole. Else the file was made for one batch (of `source.batch`, or 1): then the
/// batch is found among the sizes, the dimension of exactly that size first. Whatever it finds, no
/// two samples mix, and a batch of the declared size is answered as the file does. Throws Error
/// (model) that names the node where samples would have to mix.
OnnxLayout reshaped_from_onnx(const OnnxNode& node, const OnnxLayout& layout, OnnxSizes sizes,
                              const OnnxSource& source);

}  // namespace retort
