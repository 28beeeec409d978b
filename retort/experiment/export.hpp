#pragma once

#include "retort/base/file.hpp"
#include "retort/data/dataset.hpp"

namespace retort {

/// The largest difference of logits that an export may show.
inline constexpr double most_export_difference = 1e-4;

/// Writes a model file of ours as ONNX (libonnx checks it), reads it back, and runs both on the
/// first images of a data set (null: on random ones). Returns the largest difference of their
/// logits. Throws Error (verification) when it is above most_export_difference.
double export_onnx(const Path& model, const Path& onnx, const Dataset* images);

}  // namespace retort
