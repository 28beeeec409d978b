#include <fmt/format.h>

#include "retort/base/error.hpp"
#include "retort/base/random.hpp"
#include "retort/data/byte_images.hpp"
#include "retort/data/formats.hpp"

namespace retort {
namespace {

class Noise : public Dataset {
 public:
  Noise(Shape shape, int64_t count, Split split)
      : shape_(std::move(shape)), count_(count), key_(split == Split::train ? 1 : 2, "noise") {}

  int64_t size() const override { return count_; }
  const Shape& shape() const override { return shape_; }
  const Classes& classes() const override {
    static const Classes none;
    return none;
  }
  Fingerprint fingerprint() const override {
    return fingerprint_of(
        fmt::format("noise {} of {} {}", count_, shape_text(shape_), key_.value()));
  }
  int64_t label(int64_t /*index*/) const override { return no_label; }

  void read(SampleKey key, std::span<float> pixels) const override {
    Random random(key_.with(static_cast<uint64_t>(key.index)));
    std::vector<uint8_t> bytes(pixels.size());
    for (uint8_t& byte : bytes) byte = static_cast<uint8_t>(random.below(256));
    write_pixels(bytes, pixels);
  }

 private:
  Shape shape_;
  int64_t count_;
  RandomKey key_;
};

}  // namespace

void NoiseFormat::describe(FieldVisitor& visitor) {
  visitor.visit({.name = "images", .help = "how many", .range = Range::at_least(1)}, images);
  visitor.visit(
      {.name = "shape", .help = "channels, height and width", .range = Range::between(1, 4096)},
      shape);
}

DatasetPointer NoiseFormat::open(Split split, const Path& /*base_folder*/) const {
  if (shape.size() != 3) {
    throw Error(
        ExitCode::usage,
        fmt::format("shape: wanted channels, height and width, got {} numbers", shape.size()));
  }
  return std::make_shared<Noise>(shape, images, split);
}

}  // namespace retort
