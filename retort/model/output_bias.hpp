#pragma once

#include <vector>

#include "retort/model/model.hpp"

namespace retort {

/// The model with these biases (one for each class) added to its logits, in the weights of its last
/// node. Throws Error (model) when that node is no linear map or has another number of outputs.
Model with_output_bias(const Model& model, const std::vector<double>& biases);

}  // namespace retort
