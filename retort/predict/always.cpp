#include <ATen/ops/zeros.h>

#include "retort/predict/merged.hpp"

namespace retort {
namespace {

class Always : public Predictor {
 public:
  Always(const std::string& name, Shape images) : classes_({name}), shape_(std::move(images)) {}

  NamedTensors predict(const Tensor& images, const Names& wanted) const override {
    NamedTensors values;
    for (const std::string& name : wanted) values.set(name, at::zeros({images.size(0), 1}));
    return values;
  }
  std::vector<OutputInfo> outputs() const override { return {{"logits", logits_shape()}}; }
  const Shape& input_shape() const override { return shape_; }
  const Classes& classes() const override { return classes_; }
  Shape logits_shape() const override { return {1}; }
  Fingerprint fingerprint() const override { return fingerprint_of("always\n" + classes_.front()); }

 private:
  Classes classes_;
  Shape shape_;
};

}  // namespace

std::shared_ptr<const Predictor> always(const std::string& name, const Shape& images) {
  return std::make_shared<Always>(name, images);
}

}  // namespace retort
