#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace retort {

/// The longest header that the format allows.
constexpr uint64_t most_safetensors_header_bytes = 100'000'000;
/// The longest name that we read and write; a cap of ours.
constexpr size_t most_safetensors_name_bytes = 4096;

/// One tensor of a safetensors file.
struct SafetensorsEntry {
  std::string name;
  std::string dtype;           // "F32", "I64", ... as the format spells it
  std::vector<int64_t> shape;  // C order; empty: a scalar
  uint64_t begin = 0;          // bytes, from the start of the data
  uint64_t end = 0;
};

/// The header of a safetensors file.
struct SafetensorsHeader {
  std::vector<SafetensorsEntry> entries;  // in the order of their data
  std::map<std::string, std::string> metadata;
  uint64_t data_begin = 0;  // where the data start in the file
};

/// Reads the header out of the first bytes of a file of `file_size` bytes and checks every rule of
/// the published format: length and its cap (100 MB), JSON without duplicate names, known types,
/// sizes without overflow, data without holes or overlaps that end with the file. Throws Error
/// (model) that starts with `where`.
SafetensorsHeader parse_safetensors_header(std::string_view bytes, uint64_t file_size,
                                           const std::string& where);

/// Bytes of one element: "F32" -> 4; 0 for a type that the format does not know.
uint64_t safetensors_element_size(std::string_view dtype);

}  // namespace retort
