#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "retort/data/dataset.hpp"

namespace retort {

/// Writes every byte as the float nearest to byte / 255.
void write_pixels(std::span<const uint8_t> bytes, std::span<float> pixels);

/// Images held in memory as the bytes of their file; a label is a byte, too.
class ByteImages : public Dataset {
 public:
  /// pixels: [size, C, H, W]; every label is an index into `classes`; no labels at all: none has
  /// one.
  ByteImages(Shape shape, std::vector<uint8_t> pixels, std::vector<uint8_t> labels,
             Classes classes);

  int64_t size() const override {
    return static_cast<int64_t>(pixels_.size()) / element_count(shape_);
  }
  const Shape& shape() const override { return shape_; }
  const Classes& classes() const override { return classes_; }
  Fingerprint fingerprint() const override { return fingerprint_; }
  int64_t label(int64_t index) const override {
    return labels_.empty() ? no_label : labels_[static_cast<size_t>(index)];
  }
  void read(SampleKey key, std::span<float> pixels) const override;
  std::vector<std::string> warnings() const override { return warnings_; }
  /// Adds to warnings().
  void warn(std::string text) { warnings_.push_back(std::move(text)); }

 private:
  Shape shape_;
  std::vector<uint8_t> pixels_;
  std::vector<uint8_t> labels_;
  Classes classes_;
  Fingerprint fingerprint_;
  std::vector<std::string> warnings_;
};

}  // namespace retort
