#include "retort/report/png.hpp"

#include <algorithm>
#include <string_view>

namespace retort {
namespace {

std::string big_endian(uint32_t value) {
  std::string bytes;
  for (const int shift : {24, 16, 8, 0}) bytes += static_cast<char>(value >> shift & 0xFF);
  return bytes;
}

// CRC-32 as ISO 3309 and the PNG specification have it.
uint32_t crc32(std::string_view bytes) {
  uint32_t crc = 0xFFFFFFFF;
  for (const char byte : bytes) {
    crc ^= static_cast<uint8_t>(byte);
    for (int bit = 0; bit < 8; ++bit) crc = crc >> 1 ^ (0xEDB88320 & (0 - (crc & 1)));
  }
  return ~crc;
}

uint32_t adler32(std::string_view bytes) {
  uint32_t low = 1, high = 0;
  for (const char byte : bytes) {
    low = (low + static_cast<uint8_t>(byte)) % 65521;
    high = (high + low) % 65521;
  }
  return high << 16 | low;
}

// A zlib stream of stored blocks (RFC 1950, RFC 1951).
std::string stored_zlib(std::string_view bytes) {
  constexpr size_t most_in_block = 65535;
  std::string stream = "\x78\x01";
  size_t position = 0;
  do {
    const std::string_view block = bytes.substr(position, most_in_block);
    position += block.size();
    const auto size = static_cast<uint32_t>(block.size());
    stream += position == bytes.size() ? '\1' : '\0';
    for (const uint32_t word : {size, ~size}) {
      stream += static_cast<char>(word & 0xFF);
      stream += static_cast<char>(word >> 8 & 0xFF);
    }
    stream += block;
  } while (position < bytes.size());
  return stream + big_endian(adler32(bytes));
}

std::string chunk(const std::string& kind, const std::string& content) {
  return big_endian(static_cast<uint32_t>(content.size())) + kind + content +
         big_endian(crc32(kind + content));
}

}  // namespace

std::string png_file(const Picture& picture) {
  const auto [channels, height, width] = picture.shape;
  std::string rows;
  for (int64_t y = 0; y < height; ++y) {
    rows += '\0';  // no filter
    for (int64_t x = 0; x < width; ++x) {
      for (int64_t c = 0; c < channels; ++c) {
        rows += static_cast<char>(picture.pixels[(c * height + y) * width + x]);
      }
    }
  }
  const std::string colour_kind(1, channels == 3 ? '\2' : '\0');
  const std::string header = big_endian(static_cast<uint32_t>(width)) +
                             big_endian(static_cast<uint32_t>(height)) + '\x08' + colour_kind +
                             std::string(3, '\0');
  return "\x89PNG\r\n\x1A\n" + chunk("IHDR", header) + chunk("IDAT", stored_zlib(rows)) +
         chunk("IEND", "");
}

std::string base64(const std::string& bytes) {
  constexpr std::string_view digits =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string text;
  for (size_t i = 0; i < bytes.size(); i += 3) {
    const size_t count = std::min<size_t>(3, bytes.size() - i);
    uint32_t three = 0;
    for (size_t j = 0; j < 3; ++j) {
      three = three << 8 | (j < count ? static_cast<uint8_t>(bytes[i + j]) : 0u);
    }
    for (size_t j = 0; j < 4; ++j) {
      text += j <= count ? digits[three >> (18 - 6 * j) & 63] : '=';
    }
  }
  return text;
}

}  // namespace retort
