#pragma once

#include "retort/model/model.hpp"

namespace retort {

/// The same answers from fewer nodes, for inference: a batch norm that alone reads a convolution or
/// a linear map goes into its weights,
///   W' = W g / sqrt(v + e),  b' = (b - m) g / sqrt(v + e) + s  for every channel
/// (mean m, variance v, scale g, shift s). The map then bears the norm's name, so that every node
/// that is left has the value that it had before. Training such a model is training another one.
Model folded(const Model& model);

}  // namespace retort
