#include "retort/data/fit.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "retort/base/error.hpp"
#include "retort/data/images/resize.hpp"
#include "retort/data/wrapped.hpp"

namespace retort {
namespace {

int64_t side(const std::vector<int64_t>& sides, size_t which, int64_t otherwise) {
  return sides.empty() ? otherwise : which == 0 ? sides.front() : sides.back();
}

class Brought : public Wrapped {
 public:
  Brought(DatasetPointer plain, const Fit& fit) : Wrapped(std::move(plain)) {
    const Shape& before = inner().shape();
    const int64_t channels = fit.channels > 0 ? fit.channels : before[0];
    if (channels != before[0] && !(channels == 1 && before[0] == 3) && before[0] != 1) {
      throw Error(ExitCode::usage, fmt::format("channels: wanted {} of images of {}: only grey of "
                                               "colour and colour of grey can be made",
                                               channels, shape_text(before)));
    }
    resized_ = {channels, side(fit.size, 0, before[1]), side(fit.size, 1, before[2])};
    shape_ = {channels, side(fit.canvas, 0, resized_[1]), side(fit.canvas, 1, resized_[2])};
    if (shape_[1] < resized_[1] || shape_[2] < resized_[2]) {
      throw Error(ExitCode::usage,
                  fmt::format("canvas: wanted one as large as the images, {} x {}, or larger, got "
                              "{} x {}; size makes images smaller",
                              resized_[1], resized_[2], shape_[1], shape_[2]));
    }
  }

  const Shape& shape() const override { return shape_; }
  std::vector<std::string> warnings() const override { return inner().warnings(); }
  Fingerprint fingerprint() const override {
    return fingerprint_of(fmt::format("{}\nfit {} {}", inner().fingerprint().text(),
                                      shape_text(resized_), shape_text(shape_)));
  }
  // Its pixels are its own: what is recorded of them is not of the images as they were.
  int64_t source_index(int64_t index) const override { return index; }
  int64_t source_size() const override { return size(); }
  Fingerprint source_fingerprint() const override { return fingerprint(); }

  void read(SampleKey key, std::span<float> pixels) const override {
    const Shape& before = inner().shape();
    std::vector<float> image(static_cast<size_t>(element_count(before)));
    inner().read(key, image);
    if (before[0] != shape_[0]) image = in_channels(image);
    const Shape drawn = {shape_[0], before[1], before[2]};
    if (drawn != resized_) {
      image = resize_bilinear<float>(image, drawn, resized_[1], resized_[2]);
    }
    place(image, pixels);
  }

 private:
  std::vector<float> in_channels(const std::vector<float>& image) const {
    if (shape_[0] == 1) {
      const size_t count = image.size() / 3;
      std::vector<float> grey(count);
      for (size_t i = 0; i < count; ++i) {
        grey[i] = 0.299F * image[i] + 0.587F * image[count + i] + 0.114F * image[2 * count + i];
      }
      return grey;
    }
    std::vector<float> copies;
    for (int64_t c = 0; c < shape_[0]; ++c) copies.insert(copies.end(), image.begin(), image.end());
    return copies;
  }

  void place(const std::vector<float>& image, std::span<float> pixels) const {
    std::fill(pixels.begin(), pixels.end(), 0.0F);
    const int64_t top = (shape_[1] - resized_[1]) / 2, left = (shape_[2] - resized_[2]) / 2;
    const float* row = image.data();
    for (int64_t channel = 0; channel < shape_[0]; ++channel) {
      float* to = pixels.data() + (channel * shape_[1] + top) * shape_[2] + left;
      for (int64_t y = 0; y < resized_[1]; ++y, row += resized_[2], to += shape_[2]) {
        std::copy(row, row + resized_[2], to);
      }
    }
  }

  Shape resized_, shape_;
};

}  // namespace

void Fit::describe(FieldVisitor& visitor) {
  visitor.visit({.name = "size",
                 .help = "what images are resized to, whatever their form: one side, or height and "
                         "width; none: as they are",
                 .range = Range::between(1, 4096)},
                size);
  visitor.visit({.name = "canvas",
                 .help = "black ground in whose middle they are put: one side, or height and "
                         "width; none: no ground",
                 .range = Range::between(1, 4096)},
                canvas);
  visitor.visit({.name = "channels",
                 .help = "1: grey of colour, 3: colour of grey, 0: as they are",
                 .range = Range::between(0, 3)},
                channels);
}

DatasetPointer brought_to(const Fit& fit, DatasetPointer dataset) {
  for (const auto* sides : {&fit.size, &fit.canvas}) {
    if (sides->size() <= 2) continue;
    throw Error(ExitCode::usage,
                fmt::format("{}: wanted one side, or height and width, got {} "
                            "numbers",
                            sides == &fit.size ? "size" : "canvas", sides->size()));
  }
  if (fit.channels == 2) {
    throw Error(ExitCode::usage, "channels: wanted 1 for grey, 3 for colour, or 0, got 2");
  }
  if (fit.size.empty() && fit.canvas.empty() && fit.channels == 0) return dataset;
  return std::make_shared<Brought>(std::move(dataset), fit);
}

}  // namespace retort
