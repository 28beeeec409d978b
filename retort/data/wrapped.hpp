#pragma once

#include <utility>

#include "retort/data/dataset.hpp"

namespace retort {

/// A data set that says what another one says, but for what is overridden.
class Wrapped : public Dataset {
 public:
  explicit Wrapped(DatasetPointer inner) : inner_(std::move(inner)) {}

  int64_t size() const override { return inner_->size(); }
  const Shape& shape() const override { return inner_->shape(); }
  const Classes& classes() const override { return inner_->classes(); }
  Fingerprint fingerprint() const override { return inner_->fingerprint(); }
  int64_t views() const override { return inner_->views(); }
  std::string augmentation() const override { return inner_->augmentation(); }
  int64_t source_index(int64_t index) const override { return inner_->source_index(index); }
  int64_t source_size() const override { return inner_->source_size(); }
  Fingerprint source_fingerprint() const override { return inner_->source_fingerprint(); }
  int64_t label(int64_t index) const override { return inner_->label(index); }
  const Classes& pools() const override { return inner_->pools(); }
  int64_t pool(int64_t index) const override { return inner_->pool(index); }
  void read(SampleKey key, std::span<float> pixels) const override { inner_->read(key, pixels); }

 protected:
  const Dataset& inner() const { return *inner_; }

 private:
  DatasetPointer inner_;
};

}  // namespace retort
