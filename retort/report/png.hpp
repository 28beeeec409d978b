#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <vector>

namespace retort {

/// A picture in planes: C, H, W with C = 1 (grey) or 3 (red, green, blue).
struct Picture {
  std::array<int64_t, 3> shape{};
  std::vector<uint8_t> pixels;  // C * H * W
};

/// A PNG file of the picture, not compressed.
std::string png_file(const Picture& picture);

std::string base64(const std::string& bytes);

}  // namespace retort
