#include "retort/data/transforms/colour_jitter.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "retort/base/random.hpp"

namespace retort {
namespace {

float within(float value) {
  return std::clamp(value, 0.0F, 1.0F);
}

// One pixel of three planes.
struct Colour {
  float &red, &green, &blue;
  float luminance() const { return 0.2989F * red + 0.587F * green + 0.114F * blue; }
};

template <class Change>
void each_colour(std::span<float> pixels, const Change& change) {
  const size_t plane = pixels.size() / 3;
  for (size_t i = 0; i < plane; ++i) {
    change(Colour{pixels[i], pixels[plane + i], pixels[2 * plane + i]});
  }
}

// Turns the hue of a colour by a share of the circle (hue, saturation, value of Smith 1978).
void turn_hue(const Colour& colour, float turn) {
  const auto [red, green, blue] = std::array{colour.red, colour.green, colour.blue};
  const float most = std::max({red, green, blue}), least = std::min({red, green, blue});
  const float range = most - least;
  if (range == 0) return;  // a grey has no hue
  float sixth = 0;         // place on the circle, in sixths
  if (most == red) {
    sixth = (green - blue) / range;
  } else if (most == green) {
    sixth = 2 + (blue - red) / range;
  } else {
    sixth = 4 + (red - green) / range;
  }
  const float hue = sixth / 6 + turn;
  sixth = 6 * (hue - std::floor(hue));
  const float whole = std::floor(sixth), rest = sixth - whole;
  const float falling = most - range * rest, rising = least + range * rest;
  const std::array<std::array<float, 3>, 6> corners = {{{most, rising, least},
                                                        {falling, most, least},
                                                        {least, most, rising},
                                                        {least, falling, most},
                                                        {rising, least, most},
                                                        {most, least, falling}}};
  const auto& turned = corners[static_cast<size_t>(whole) % 6];
  colour.red = turned[0];
  colour.green = turned[1];
  colour.blue = turned[2];
}

}  // namespace

void adjust_brightness(std::span<float> pixels, float factor) {
  for (float& pixel : pixels) pixel = within(factor * pixel);
}

void adjust_contrast(std::span<float> pixels, const Shape& shape, float factor) {
  double sum = 0;
  if (shape[0] == 3) {
    each_colour(pixels, [&](const Colour& colour) { sum += colour.luminance(); });
    sum *= 3;  // over a third as many
  } else {
    for (const float pixel : pixels) sum += pixel;
  }
  const float mean = static_cast<float>(sum / static_cast<double>(pixels.size()));
  for (float& pixel : pixels) pixel = within(factor * pixel + (1 - factor) * mean);
}

void adjust_saturation(std::span<float> pixels, const Shape& shape, float factor) {
  if (shape[0] != 3) return;
  each_colour(pixels, [&](const Colour& colour) {
    const float grey = (1 - factor) * colour.luminance();
    colour.red = within(factor * colour.red + grey);
    colour.green = within(factor * colour.green + grey);
    colour.blue = within(factor * colour.blue + grey);
  });
}

void adjust_hue(std::span<float> pixels, const Shape& shape, float turn) {
  if (shape[0] != 3) return;
  each_colour(pixels, [&](const Colour& colour) { turn_hue(colour, turn); });
}

void ColourJitter::describe(FieldVisitor& visitor) {
  const Range share = Range::between(0, 10);
  visitor.visit({.name = "brightness",
                 .help = "every pixel is multiplied by a number in [1 - this, 1 + this]",
                 .range = share},
                brightness);
  visitor.visit({.name = "contrast",
                 .help = "the distance of pixels from their mean is multiplied likewise",
                 .range = share},
                contrast);
  visitor.visit({.name = "saturation",
                 .help = "the distance of colours from their grey is multiplied likewise",
                 .range = share},
                saturation);
  visitor.visit({.name = "hue",
                 .help = "colours are turned by up to this share of the circle of hues, either way",
                 .range = Range::between(0, 0.5)},
                hue);
}

void ColourJitter::apply(std::span<float> pixels, const Shape& shape, int64_t view) const {
  const RandomKey key(static_cast<uint64_t>(view), kind);
  Random random(key);
  const auto factor = [&](double share) {
    const double least = std::max(0.0, 1 - share);
    return static_cast<float>(least + (1 + share - least) * random.uniform());
  };
  const float brighter = factor(brightness), sharper = factor(contrast), purer = factor(saturation);
  const float turn = static_cast<float>(hue * (2 * random.uniform() - 1));
  for (const int64_t step : random_permutation(4, key.with(1))) {
    if (step == 0 && brightness > 0) adjust_brightness(pixels, brighter);
    if (step == 1 && contrast > 0) adjust_contrast(pixels, shape, sharper);
    if (step == 2 && saturation > 0) adjust_saturation(pixels, shape, purer);
    if (step == 3 && hue > 0) adjust_hue(pixels, shape, turn);
  }
}

std::string ColourJitter::text() const {
  return fmt::format("colour_jitter brightness {} contrast {} saturation {} hue {}", brightness,
                     contrast, saturation, hue);
}

}  // namespace retort
