#include "retort/data/transforms.hpp"

#include "retort/base/error.hpp"
#include "retort/base/random.hpp"
#include "retort/data/wrapped.hpp"

namespace retort {
namespace {

class Transformed : public Wrapped {
 public:
  Transformed(DatasetPointer plain, std::vector<Transform> transforms)
      : Wrapped(std::move(plain)), chain_(std::move(transforms), inner().views()) {}

  int64_t views() const override { return chain_.views(); }

  void read(SampleKey key, std::span<float> pixels) const override {
    const std::vector<int64_t> parts = chain_.parts(key.view);
    inner().read({key.index, parts.front()}, pixels);
    chain_.apply(pixels, shape(), parts);
  }

  Fingerprint fingerprint() const override {
    return fingerprint_of(inner().fingerprint().text() + "\n" + chain_.text());
  }

  std::string augmentation() const override {
    const std::string before = inner().augmentation();
    return before + (before.empty() ? "" : "\n") + chain_.text();
  }

 private:
  TransformChain chain_;
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

TransformChain::TransformChain(std::vector<Transform> transforms, int64_t views_before)
    : transforms_(std::move(transforms)), views_before_(views_before), views_(views_before) {
  for (const Transform& transform : transforms_) {
    drawn_ = drawn_ || views_ > uncounted_views / transform.views();
    views_ = drawn_ ? uncounted_views : views_ * transform.views();
  }
}

// The digits of a view, the lowest first; where there are too many combinations for that, all of
// them are drawn from it.
std::vector<int64_t> TransformChain::parts(int64_t view) const {
  Random random(RandomKey(static_cast<uint64_t>(view), "views"));
  int64_t rest = view;
  const auto next = [&](int64_t views) {
    if (drawn_) return static_cast<int64_t>(random.below(static_cast<uint64_t>(views)));
    const int64_t digit = rest % views;
    rest /= views;
    return digit;
  };
  std::vector<int64_t> parts = {next(views_before_)};
  for (const Transform& transform : transforms_) parts.push_back(next(transform.views()));
  return parts;
}

void TransformChain::apply(std::span<float> pixels, const Shape& shape,
                           const std::vector<int64_t>& parts) const {
  for (size_t i = 0; i < transforms_.size(); ++i) {
    transforms_[i].apply(pixels, shape, parts[i + 1]);
  }
}

std::string TransformChain::text() const {
  std::vector<std::string> lines;
  for (const Transform& transform : transforms_) lines.push_back(transform.text());
  return join(lines, "\n");
}

DatasetPointer transformed(DatasetPointer dataset, const std::vector<Transform>& transforms) {
  if (transforms.empty()) return dataset;
  return std::make_shared<Transformed>(std::move(dataset), transforms);
}

}  // namespace retort
