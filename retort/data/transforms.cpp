#include "retort/data/transforms.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <limits>

#include "retort/base/error.hpp"

namespace retort {
namespace {

class Transformed : public Dataset {
 public:
  Transformed(DatasetPointer plain, std::vector<Transform> transforms)
      : plain_(std::move(plain)), transforms_(std::move(transforms)) {}

  int64_t size() const override { return plain_->size(); }
  const Shape& shape() const override { return plain_->shape(); }
  const Classes& classes() const override { return plain_->classes(); }
  int64_t label(int64_t index) const override { return plain_->label(index); }

  int64_t views() const override {
    int64_t views = plain_->views();
    for (const Transform& transform : transforms_) views *= transform.views();
    return views;
  }

  // A view is a number whose digits are the transforms' own views; the lowest is the plain set's.
  void read(SampleKey key, std::span<float> pixels) const override {
    int64_t rest = key.view;
    plain_->read({key.index, rest % plain_->views()}, pixels);
    rest /= plain_->views();
    for (const Transform& transform : transforms_) {
      transform.apply(pixels, shape(), rest % transform.views());
      rest /= transform.views();
    }
  }

  Fingerprint fingerprint() const override {
    std::string text = plain_->fingerprint().text();
    for (const Transform& transform : transforms_) text += "\n" + transform.text();
    return fingerprint_of(text);
  }

 private:
  DatasetPointer plain_;
  std::vector<Transform> transforms_;
};

// Moves one row of `width` values by `by` and fills what is left open with 0.
void move_row(const float* from, float* to, int64_t width, int64_t by) {
  const int64_t first = std::clamp<int64_t>(by, 0, width);
  const int64_t last = std::clamp<int64_t>(width + by, 0, width);
  std::fill(to, to + first, 0.0F);
  if (first < last) std::copy(from + first - by, from + last - by, to + first);
  std::fill(to + std::max(first, last), to + width, 0.0F);
}

}  // namespace

void Shift::describe(FieldVisitor& visitor) {
  visitor.visit({.name = "pixels",
                 .help = "how far at most, in x and in y",
                 .range = Range::between(0, 1000)},
                pixels);
}

int64_t Shift::views() const {
  return (2 * pixels + 1) * (2 * pixels + 1);
}

void Shift::apply(std::span<float> pixels_of_image, const Shape& shape, int64_t view) const {
  const int64_t side = 2 * pixels + 1;
  const int64_t dx = view % side - pixels;
  const int64_t dy = view / side - pixels;
  const int64_t height = shape[1];
  const int64_t width = shape[2];
  thread_local std::vector<float> before;
  before.assign(pixels_of_image.begin(), pixels_of_image.end());
  for (int64_t channel = 0; channel < shape[0]; ++channel) {
    const float* from = before.data() + channel * height * width;
    float* to = pixels_of_image.data() + channel * height * width;
    for (int64_t y = 0; y < height; ++y) {
      const int64_t source = y - dy;
      if (source < 0 || source >= height) {
        std::fill(to + y * width, to + (y + 1) * width, 0.0F);
      } else {
        move_row(from + source * width, to + y * width, width, dx);
      }
    }
  }
}

std::string Shift::text() const {
  return fmt::format("shift pixels {}", pixels);
}

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
  int64_t room = std::numeric_limits<int64_t>::max() / dataset->views();
  for (const Transform& transform : transforms) room /= transform.views();
  if (room == 0) {
    throw Error(ExitCode::usage,
                "transforms: more combinations than a 64-bit number counts; take "
                "fewer transforms or smaller shifts");
  }
  return std::make_shared<Transformed>(std::move(dataset), transforms);
}

}  // namespace retort
