#pragma once

#include <cstdint>
#include <vector>

#include "retort/base/file.hpp"
#include "retort/tensor/shape.hpp"

namespace retort {

/// An image of bytes, one channel after the other, rows first.
struct Image {
  Shape shape;                  // [C, H, W]
  std::vector<uint8_t> pixels;  // C * H * W

  int64_t height() const { return shape[1]; }
  int64_t width() const { return shape[2]; }
};

/// Whether a name ends in .jpg, .jpeg or .png, in any case.
bool is_image_name(const Path& path);

/// Reads a JPEG or PNG file, told apart by its first bytes, as red, green and blue: grey, palette,
/// CMYK and 16-bit images are converted as Pillow does (but for 16-bit grey, which Pillow cuts at
/// 255: it keeps the high bytes here, too), transparency is dropped, and the orientation of its
/// EXIF data is undone. Throws Error (data) in one line that starts with the path: missing, another
/// kind of file, cut off, damaged, more than 64 Mi pixels (before any of their memory is taken).
Image read_image(const Path& path);

/// The luminance of a [3, H, W] image as [1, H, W] (ITU-R 601-2), rounded as Pillow does.
Image grey(const Image& image);

}  // namespace retort
