#pragma once

#include <cstdint>
#include <vector>

#include "retort/base/file.hpp"

namespace retort {

/// How a record of CIFAR's binary version begins: CIFAR-10 has one label byte, CIFAR-100 a coarse
/// and a fine one.
struct CifarLabels {
  size_t each = 1;    // label bytes of a record
  size_t chosen = 0;  // which of them counts
  size_t classes = 10;
};

/// What follows the labels of a record: 3 * 32 * 32 pixel bytes, first the red ones, then green,
/// then blue, rows first.
struct CifarImages {
  std::vector<uint8_t> labels;  // the chosen ones, [size]
  std::vector<uint8_t> pixels;  // [size, 3, 32, 32]
};

/// Adds the records of a file, plain, .gz or .xz, to `images`. Throws Error (data) in one line:
/// missing, empty, no whole number of records, a label without a class, damaged where it is packed.
void read_cifar(const Path& path, const CifarLabels& labels, CifarImages& images);

}  // namespace retort
