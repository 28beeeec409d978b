#pragma once

#include <memory>

#include "retort/data/dataset.hpp"
#include "tests/golden/golden.hpp"

namespace retort::golden {

/// Random images [1, 4, 4] whose class is which of three bright rows they have: made for tests.
class RowImages : public Dataset {
 public:
  explicit RowImages(int64_t size, uint64_t seed = 1, bool labelled = true)
      : size_(size), seed_(seed), labelled_(labelled) {}
  int64_t size() const override { return size_; }
  const Shape& shape() const override { return shape_; }
  const Classes& classes() const override { return classes_; }
  Fingerprint fingerprint() const override { return {seed_, static_cast<uint64_t>(size_)}; }
  int64_t label(int64_t index) const override {
    return labelled_ ? static_cast<int64_t>(bits(index, 0) % 3) : no_label;
  }
  void read(SampleKey key, std::span<float> pixels) const override {
    const auto row = static_cast<size_t>(bits(key.index, 0) % 3);
    for (size_t i = 0; i < pixels.size(); ++i) {
      const double noise = static_cast<double>(bits(key.index, i + 1)) * 0x1.0p-33;
      pixels[i] = static_cast<float>(noise + (i / 4 == row ? 0.4 : 0));
    }
  }

 private:
  uint32_t bits(int64_t index, size_t i) const {
    return hashed(seed_, static_cast<uint64_t>(index) * 100 + i);
  }
  int64_t size_;
  uint64_t seed_;
  bool labelled_;
  Shape shape_ = {1, 4, 4};
  Classes classes_ = {"top", "middle", "bottom"};
};

}  // namespace retort::golden
