#include "retort/data/images/image.hpp"

#include <fmt/format.h>

#include <cctype>

#include "retort/base/error.hpp"
#include "retort/data/images/decoders.hpp"

namespace retort {
namespace {

constexpr size_t most_file_bytes = size_t{1} << 28;
constexpr uint64_t most_pixels = uint64_t{1} << 26;

DecodedImage decode(std::string_view bytes) {
  if (bytes.empty()) throw Error(ExitCode::data, "the file is empty");
  if (bytes.starts_with("\xff\xd8\xff")) return decode_jpeg(bytes);
  if (bytes.starts_with("\x89PNG\r\n\x1a\n")) return decode_png(bytes);
  throw Error(ExitCode::data, "neither a JPEG nor a PNG file, by its first bytes");
}

}  // namespace

bool is_image_name(const Path& path) {
  std::string ending = path.extension().string();
  for (char& c : ending) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return ending == ".jpg" || ending == ".jpeg" || ending == ".png";
}

Image read_image(const Path& path) {
  const std::string bytes = read_file(path, ExitCode::data, most_file_bytes);
  try {
    DecodedImage decoded = decode(bytes);
    return upright(std::move(decoded.image), decoded.orientation);
  } catch (const Error& error) {
    throw Error(ExitCode::data,
                fmt::format("{}: {}", printable(path.string()), printable(error.what())));
  }
}

void check_pixel_count(uint64_t height, uint64_t width) {
  if (height == 0 || width == 0 || height > most_pixels / width) {
    throw Error(ExitCode::data,
                fmt::format("{} x {} pixels, wanted 1 to {} in all", width, height, most_pixels));
  }
}

Image blank_image(uint64_t height, uint64_t width) {
  check_pixel_count(height, width);
  return {{3, static_cast<int64_t>(height), static_cast<int64_t>(width)},
          std::vector<uint8_t>(3 * height * width)};
}

void put_row(Image& image, int64_t y, const uint8_t* colours) {
  const int64_t plane = image.height() * image.width();
  uint8_t* to = image.pixels.data() + y * image.width();
  for (int64_t x = 0; x < image.width(); ++x, colours += 3) {
    to[x] = colours[0];
    to[plane + x] = colours[1];
    to[2 * plane + x] = colours[2];
  }
}

Image upright(Image image, int orientation) {
  if (orientation == 1) return image;
  const bool turned = orientation >= 5;  // rows become columns
  const bool from_below =
      orientation == 3 || orientation == 4 || orientation == 6 || orientation == 7;
  const bool from_right =
      orientation == 2 || orientation == 3 || orientation == 7 || orientation == 8;
  const int64_t height = image.height(), width = image.width();
  Image result{{3, turned ? width : height, turned ? height : width}, {}};
  result.pixels.reserve(image.pixels.size());
  for (int64_t channel = 0; channel < 3; ++channel) {
    const uint8_t* plane = image.pixels.data() + channel * height * width;
    for (int64_t y = 0; y < result.height(); ++y) {
      for (int64_t x = 0; x < result.width(); ++x) {
        const int64_t row = turned ? x : y, column = turned ? y : x;
        result.pixels.push_back(plane[(from_below ? height - 1 - row : row) * width +
                                      (from_right ? width - 1 - column : column)]);
      }
    }
  }
  return result;
}

Image grey(const Image& image) {
  const auto plane = static_cast<size_t>(image.height() * image.width());
  Image result{{1, image.height(), image.width()}, std::vector<uint8_t>(plane)};
  const uint8_t* red = image.pixels.data();
  for (size_t i = 0; i < plane; ++i) {
    const uint32_t sum = red[i] * 19595U + red[plane + i] * 38470U + red[2 * plane + i] * 7471U;
    result.pixels[i] = static_cast<uint8_t>((sum + 0x8000) >> 16);
  }
  return result;
}

}  // namespace retort
