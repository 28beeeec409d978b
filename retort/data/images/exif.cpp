#include <cstdint>
#include <optional>

#include "retort/data/images/decoders.hpp"

namespace retort {
namespace {

// Numbers in the byte order that a TIFF header names; none beyond the end.
class TiffNumbers {
 public:
  explicit TiffNumbers(std::string_view bytes)
      : bytes_(bytes), little_(bytes.substr(0, 2) == "II") {}

  std::optional<uint32_t> at(size_t place, size_t size) const {
    if (place > bytes_.size() || size > bytes_.size() - place) return std::nullopt;
    uint32_t number = 0;
    for (size_t i = 0; i < size; ++i) {
      const size_t digit = little_ ? size - 1 - i : i;
      number = number << 8 | static_cast<uint8_t>(bytes_[place + digit]);
    }
    return number;
  }

 private:
  std::string_view bytes_;
  bool little_;
};

}  // namespace

// TIFF 6.0: byte order, 42, the place of the first directory: a count, then entries of 12 bytes:
// tag, type, count, value.
int exif_orientation(std::string_view tiff) {
  constexpr uint32_t orientation_tag = 0x0112, short_type = 3;
  constexpr size_t entry_bytes = 12;
  if (!tiff.starts_with("II") && !tiff.starts_with("MM")) return 1;
  const TiffNumbers numbers(tiff);
  if (numbers.at(2, 2) != 42U) return 1;
  const std::optional<uint32_t> directory = numbers.at(4, 4);
  const std::optional<uint32_t> count = directory ? numbers.at(*directory, 2) : std::nullopt;
  if (!count) return 1;
  for (size_t i = 0; i < *count; ++i) {
    const size_t entry = size_t{*directory} + 2 + i * entry_bytes;
    if (numbers.at(entry, 2) != orientation_tag || numbers.at(entry + 2, 2) != short_type) continue;
    const uint32_t value = numbers.at(entry + 8, 2).value_or(1);
    return value >= 1 && value <= 8 ? static_cast<int>(value) : 1;
  }
  return 1;
}

}  // namespace retort
