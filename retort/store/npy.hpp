#pragma once

#include "retort/base/file.hpp"
#include "retort/tensor/named_tensors.hpp"
#include "retort/tensor/shape.hpp"

namespace retort {

/// Reads an array that NumPy saved (format 1 to 3, little-endian, C order; f2, f4, f8, i4, i8).
/// Throws Error (data).
Tensor read_npy(const Path& path);

}  // namespace retort
