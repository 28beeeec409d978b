#pragma once

#include <vector>

#include "retort/model/onnx_node.hpp"

namespace retort {

/// The inputs of an ONNX node that are all constants; undefined where one is left out.
using ConstantInputs = std::vector<Tensor>;

/// An operator that can be computed when a file is read: what exporters write around shapes and
/// weights.
struct ConstantOperator {
  std::string_view type;
  Tensor (*compute)(const OnnxNode& node, const ConstantInputs& inputs);
  /// The inputs whose numbers it passes on without touching them, in other places; from the first
  /// to below the last. None: it computes with all of them.
  size_t first_moved = 0, last_moved = 0;
};

const std::vector<ConstantOperator>& constant_operators();

/// The row of this type, or null.
const ConstantOperator* constant_operator(std::string_view type);

/// The input of this place. Throws Error (model) where it is left out.
const Tensor& wanted_input(const OnnxNode& node, const ConstantInputs& inputs, size_t place);

/// Throws Error (model) where a result of these sizes would be absurdly large.
void check_result_size(const OnnxNode& node, const std::vector<int64_t>& sizes);

/// The same where the result has the size that all inputs spread to.
void check_spread_size(const OnnxNode& node, const ConstantInputs& inputs);

}  // namespace retort
