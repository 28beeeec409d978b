#pragma once

#include <memory>
#include <utility>

#include "retort/predict/predictor.hpp"

namespace retort {

/// A predictor that answers from another one and says of itself what that one says, but for what is
/// overridden. What it answers is its own to say.
class WrappedPredictor : public Predictor {
 public:
  explicit WrappedPredictor(std::shared_ptr<const Predictor> inner) : inner_(std::move(inner)) {}

  std::vector<OutputInfo> outputs() const override { return inner_->outputs(); }
  const Shape& input_shape() const override { return inner_->input_shape(); }
  const Classes& classes() const override { return inner_->classes(); }
  Shape logits_shape() const override { return inner_->logits_shape(); }
  std::string features() const override { return inner_->features(); }
  Fingerprint fingerprint() const override { return inner_->fingerprint(); }

 protected:
  const Predictor& inner() const { return *inner_; }

 private:
  std::shared_ptr<const Predictor> inner_;
};

}  // namespace retort
