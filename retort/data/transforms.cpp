#include "retort/data/transforms.hpp"

#include "retort/base/random.hpp"

namespace retort {
namespace {

class Transformed : public Dataset {
 public:
  Transformed(DatasetPointer plain, std::vector<Transform> transforms)
      : plain_(std::move(plain)), transforms_(std::move(transforms)), views_(plain_->views()) {
    for (const Transform& transform : transforms_) {
      drawn_ = drawn_ || views_ > uncounted_views / transform.views();
      views_ = drawn_ ? uncounted_views : views_ * transform.views();
    }
  }

  int64_t size() const override { return plain_->size(); }
  const Shape& shape() const override { return plain_->shape(); }
  const Classes& classes() const override { return plain_->classes(); }
  int64_t label(int64_t index) const override { return plain_->label(index); }
  const Classes& pools() const override { return plain_->pools(); }
  int64_t pool(int64_t index) const override { return plain_->pool(index); }
  int64_t views() const override { return views_; }
  int64_t source_index(int64_t index) const override { return plain_->source_index(index); }
  int64_t source_size() const override { return plain_->source_size(); }
  Fingerprint source_fingerprint() const override { return plain_->source_fingerprint(); }

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
    plain_->read({key.index, next(plain_->views())}, pixels);
    for (const Transform& transform : transforms_) {
      transform.apply(pixels, shape(), next(transform.views()));
    }
  }

  Fingerprint fingerprint() const override {
    std::string text = plain_->fingerprint().text();
    for (const Transform& transform : transforms_) text += "\n" + transform.text();
    return fingerprint_of(text);
  }

  std::string augmentation() const override {
    std::string text = plain_->augmentation();
    for (const Transform& transform : transforms_) {
      text += (text.empty() ? "" : "\n") + transform.text();
    }
    return text;
  }

 private:
  DatasetPointer plain_;
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
