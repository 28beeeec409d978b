#pragma once

#include <optional>

#include "retort/onnx/constant_operators.hpp"

namespace retort {

/// A value of an ONNX file that is known before a sample is seen, but for the size of the batch N:
/// its elements are fixed + N * batches.
struct KnownValue {
  Tensor fixed;
  Tensor batches;  // of the same shape, int64; undefined where nothing depends on the batch
  /// A size of 1 stands for the batch: the value is the same for all samples of one, as a class
  /// token is. Beside data it spreads; nothing else can be computed with it.
  bool spreads = false;
};

/// The sizes of a data value: constants, and so many times N where the batch is.
KnownValue shape_of(const OnnxLayout& layout);

/// Computes a node whose inputs are all known (null: left out), as far as N allows. Nothing where
/// the operator is not one of shape arithmetic, or where the answer depends on what N is. Throws
/// Error (model) that names the node where its inputs do not fit.
std::optional<KnownValue> computed(const OnnxNode& node,
                                   const std::vector<const KnownValue*>& inputs);

/// Whether an operator of this type can be computed from constants.
bool computes_constants(std::string_view type);

}  // namespace retort
