#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "retort/tensor/named_tensors.hpp"
#include "retort/tensor/shape.hpp"

namespace retort {

/// An image named on the command line: a JPEG or PNG file, brought to the wanted size;
/// "FILE:NUMBER", a record of an IDX file from 0; or "FOLDER:NUMBER", a test image of a data set.
/// Returns [1, C, H, W], pixels in [0, 1]. Throws Error (data) when it is not there or damaged,
/// Error (usage) when its shape is not the wanted one.
Tensor read_single_image(const std::string& name, const Shape& wanted);

/// softmax(logits / T) of logits [1, classes].
std::vector<double> softened(const Tensor& logits, double temperature);

/// Indices of the values, the largest first.
std::vector<int64_t> falling_order(const std::vector<double>& values);

}  // namespace retort
