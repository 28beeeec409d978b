#pragma once

#include <map>
#include <string>

#include "retort/base/file.hpp"
#include "retort/tensor/named_tensors.hpp"

namespace retort {

/// A safetensors file: tensors by name and text metadata.
struct Safetensors {
  NamedTensors tensors;  // in the order of the file
  std::map<std::string, std::string> metadata;
};

/// Reads a safetensors file and checks every rule of the published format. Throws Error (model).
Safetensors read_safetensors(const Path& path);

/// Reads the metadata alone, under the same checks. Throws Error (model).
std::map<std::string, std::string> read_safetensors_metadata(const Path& path);

/// Writes tensors (contiguous copies on the CPU) and metadata; the same content gives the same
/// bytes. Sorted by falling alignment of the type, then by name, header padded to 8 bytes, as the
/// reference writer does. Whole or absent. Throws Error (resources).
void write_safetensors(const Path& path, const Safetensors& content);

}  // namespace retort
