#include "retort/data/byte_images.hpp"

#include <fmt/format.h>

#include <array>
#include <cassert>

namespace retort {
namespace {

// The quotient is rounded once; a product with 1/255 would be rounded twice.
constexpr std::array<float, 256> pixel_of_byte = [] {
  std::array<float, 256> table{};
  for (size_t byte = 0; byte < 256; ++byte) table[byte] = static_cast<float>(byte) / 255.0F;
  return table;
}();

}  // namespace

void write_pixels(std::span<const uint8_t> bytes, std::span<float> pixels) {
  assert(bytes.size() == pixels.size());
  for (size_t i = 0; i < bytes.size(); ++i) pixels[i] = pixel_of_byte[bytes[i]];
}

ByteImages::ByteImages(Shape shape, std::vector<uint8_t> pixels, std::vector<uint8_t> labels,
                       Classes classes)
    : shape_(std::move(shape)),
      pixels_(std::move(pixels)),
      labels_(std::move(labels)),
      classes_(std::move(classes)) {
  assert(labels_.empty() ||
         pixels_.size() == labels_.size() * static_cast<size_t>(element_count(shape_)));
  const auto part = [](const std::vector<uint8_t>& bytes) {
    return fingerprint_of({reinterpret_cast<const char*>(bytes.data()), bytes.size()}).text();
  };
  std::string content = shape_text(shape_) + part(pixels_) + part(labels_);
  for (const std::string& name : classes_) content += fmt::format("\n{}:{}", name.size(), name);
  fingerprint_ = fingerprint_of(content);
}

void ByteImages::read(SampleKey key, std::span<float> pixels) const {
  assert(key.index >= 0 && key.index < size());
  assert(static_cast<int64_t>(pixels.size()) == element_count(shape_));
  const uint8_t* from = pixels_.data() + static_cast<size_t>(key.index) * pixels.size();
  write_pixels({from, pixels.size()}, pixels);
}

}  // namespace retort
