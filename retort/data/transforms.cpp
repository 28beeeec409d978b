#include "retort/data/transforms.hpp"

#include "retort/base/random.hpp"
#include "retort/data/wrapped.hpp"

namespace retort {
namespace {

class Transformed : public Wrapped {
 public:
  Transformed(DatasetPointer plain, std::vector<Transform> transforms)
      : Wrapped(std::move(plain)), transforms_(std::move(transforms)), views_(inner().views()) {
    for (const Transform& transform : transforms_) {
      drawn_ = drawn_ || views_ > uncounted_views / transform.views();
      views_ = drawn_ ? uncounted_views : views_ * transform.views();
    }
  }

  int64_t views() const override { return views_; }

  // The digits of a view are the views of the data set (the lowest) and of the transforms; where
  // there are too many combinations for that, all of them are drawn from it.
  void read(SampleKey key, std::span<float> pixels) const override {
    Random random(RandomKey(static_cast<uint64_t>(key.view), "views"));
    int64_t rest = key.view;
    const auto next = [&](int64_t views) {
      if (drawn_) return static_cast<int64_t>(random.below(static_cast<uint64_t>(views)));
      const int64_t digit = rest % views;
      rest /= views;
      return digit;
    };
    inner().read({key.index, next(inner().views())}, pixels);
    for (const Transform& transform : transforms_) {
      transform.apply(pixels, shape(), next(transform.views()));
    }
  }

  Fingerprint fingerprint() const override {
    std::string text = inner().fingerprint().text();
    for (const Transform& transform : transforms_) text += "\n" + transform.text();
    return fingerprint_of(text);
  }

  std::string augmentation() const override {
    std::string text = inner().augmentation();
    for (const Transform& transform : transforms_) {
      text += (text.empty() ? "" : "\n") + transform.text();
    }
    return text;
  }

 private:
  std::vector<Transform> transforms_;
  int64_t views_;
  bool drawn_ = false;
};

}  // namespace

void Transform::describe(FieldVisitor& visitor) {
  visitor.choice({.name = "kind", .help = "which transform", .required = true}, value);
}

int64_t Transform::views() const {
  return std::visit([](const auto& kind) { return kind.views(); }, value);
}

void Transform::apply(std::span<float> pixels, const Shape& shape, int64_t view) const {
  std::visit([&](const auto& kind) { kind.apply(pixels, shape, view); }, value);
}

std::string Transform::text() const {
  return std::visit([](const auto& kind) { return kind.text(); }, value);
}

DatasetPointer transformed(DatasetPointer dataset, const std::vector<Transform>& transforms) {
  if (transforms.empty()) return dataset;
  return std::make_shared<Transformed>(std::move(dataset), transforms);
}

}  // namespace retort
