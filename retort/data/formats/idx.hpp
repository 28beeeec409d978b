#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "retort/base/file.hpp"
#include "retort/tensor/shape.hpp"

namespace retort {

/// The content of an IDX file of unsigned bytes: big-endian header 0x000008DD with DD dimensions,
/// their sizes, then the values, rows first.
struct IdxFile {
  Shape sizes;
  std::vector<uint8_t> values;
};

/// Reads an IDX file, plain or gzip. Throws Error (data) in one line: missing, no IDX file, another
/// number of dimensions than wanted, cut off, trailing bytes, a damaged gzip.
IdxFile read_idx(const Path& path, size_t dimensions);

}  // namespace retort
