#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "retort/data/images/image.hpp"

namespace retort {

/// A [C, H, W] image at another size, with Pillow's bilinear filter: a triangle as wide as the
/// image shrinks, so what gets smaller is averaged (antialiasing). Bytes come out as Pillow's do;
/// floats are not rounded.
template <class Pixel>  // uint8_t or float
std::vector<Pixel> resize_bilinear(std::span<const Pixel> pixels, const Shape& shape,
                                   int64_t height, int64_t width);

Image resize_bilinear(const Image& image, int64_t height, int64_t width);

/// The middle of an image, as torchvision's CenterCrop takes it; the image is that large or larger.
Image centre_crop(const Image& image, int64_t height, int64_t width);

/// Resizes so that the short side is `short_side` (0: so that the size is just covered), then crops
/// the centre. short_side: 0, or at least the larger of height and width. Throws Error (data) for
/// an image so thin that its long side would get out of hand.
Image fitted(const Image& image, int64_t short_side, int64_t height, int64_t width);

}  // namespace retort
