#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "retort/data/images/image.hpp"

namespace retort {

/// A decoded file, not yet turned upright.
struct DecodedImage {
  Image image;  // [3, H, W]
  int orientation = 1;
};

/// The bytes of a whole file as an image. Throw Error (data) that does not know the file's name.
DecodedImage decode_jpeg(std::string_view bytes);
DecodedImage decode_png(std::string_view bytes);

/// Throws Error (data) for more pixels than any image is given room for, and for none.
void check_pixel_count(uint64_t height, uint64_t width);

/// [3, H, W] with room for its pixels, when check_pixel_count has nothing against it.
Image blank_image(uint64_t height, uint64_t width);

/// Writes a row of width * 3 bytes, red, green and blue in turns, into the three planes.
void put_row(Image& image, int64_t y, const uint8_t* colours);

/// The orientation 1 to 8 in EXIF data (a TIFF header and what follows); 1 where there is none or
/// the data are unsound.
int exif_orientation(std::string_view tiff);

/// The image as it is meant to be seen. orientation: 1 to 8 as EXIF numbers them.
Image upright(Image image, int orientation);

}  // namespace retort
