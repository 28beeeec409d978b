#pragma once

#include <algorithm>
#include <span>
#include <utility>
#include <vector>

#include "retort/data/dataset.hpp"

namespace retort::test {

/// Images whose every pixel tells where it comes from: 100 * index + 10 * view + place.
class NumberedImages : public Dataset {
 public:
  NumberedImages(std::vector<int64_t> labels, Shape shape = {1, 1, 2}, int64_t views = 1)
      : labels_(std::move(labels)), shape_(std::move(shape)), views_(views) {
    const int64_t most = labels_.empty() ? -1 : *std::max_element(labels_.begin(), labels_.end());
    for (int64_t c = 0; c <= most; ++c) classes_.push_back("class " + std::to_string(c));
  }

  int64_t size() const override { return static_cast<int64_t>(labels_.size()); }
  const Shape& shape() const override { return shape_; }
  const Classes& classes() const override { return classes_; }
  Fingerprint fingerprint() const override { return {1, 2}; }
  int64_t views() const override { return views_; }
  int64_t label(int64_t index) const override { return labels_.at(static_cast<size_t>(index)); }
  void read(SampleKey key, std::span<float> pixels) const override {
    for (size_t i = 0; i < pixels.size(); ++i) {
      pixels[i] = static_cast<float>(100 * key.index + 10 * key.view + static_cast<int64_t>(i));
    }
  }

 private:
  std::vector<int64_t> labels_;
  Shape shape_;
  int64_t views_;
  Classes classes_;
};

/// The pixels of one image.
inline std::vector<float> pixels_of(const Dataset& dataset, SampleKey key) {
  std::vector<float> pixels(static_cast<size_t>(element_count(dataset.shape())));
  dataset.read(key, pixels);
  return pixels;
}

}  // namespace retort::test
