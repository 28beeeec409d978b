#include "retort/predict/viewed.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>
#include <set>

#include "retort/base/random.hpp"
#include "retort/predict/wrapped_predictor.hpp"

namespace retort {
namespace {

class Viewed : public WrappedPredictor {
 public:
  Viewed(std::shared_ptr<const Predictor> predictor, TransformChain chain, int64_t view)
      : WrappedPredictor(std::move(predictor)), chain_(std::move(chain)), view_(view) {}

  NamedTensors predict(const Tensor& images, const Names& wanted) const override {
    const Tensor moved = images.to(at::kFloat).contiguous().clone();
    const Shape shape(moved.sizes().begin() + 1, moved.sizes().end());
    const auto elements = static_cast<size_t>(element_count(shape));
    const std::vector<int64_t> parts = chain_.parts(view_);
    float* pixels = moved.data_ptr<float>();
    for (int64_t i = 0; i < moved.size(0); ++i, pixels += elements) {
      chain_.apply({pixels, elements}, shape, parts);
    }
    return inner().predict(moved, wanted);
  }

  Fingerprint fingerprint() const override {
    return fingerprint_of(
        fmt::format("view {} of\n{}\n{}", view_, chain_.text(), inner().fingerprint().text()));
  }
  std::shared_ptr<const Predictor> in_bf16() const override {
    auto quicker = inner().in_bf16();
    return quicker ? std::make_shared<Viewed>(std::move(quicker), chain_, view_) : nullptr;
  }

 private:
  TransformChain chain_;
  int64_t view_;
};

// Sorted.
std::vector<int64_t> chosen_views(int64_t count, int64_t all, uint64_t seed) {
  std::vector<int64_t> views(static_cast<size_t>(std::min(count, all)));
  if (all <= count) {
    std::iota(views.begin(), views.end(), int64_t{0});
    return views;
  }
  Random random(RandomKey(seed, "views of a teacher"));
  std::set<int64_t> drawn;
  while (drawn.size() < views.size()) {
    drawn.insert(static_cast<int64_t>(random.below(static_cast<uint64_t>(all))));
  }
  std::copy(drawn.begin(), drawn.end(), views.begin());
  return views;
}

}  // namespace

void ViewSettings::describe(FieldVisitor& visitor) {
  visitor.visit({.name = "count",
                 .help = "how many views of an image are answered, all where there are no more; 0: "
                         "the image as it comes",
                 .range = Range::between(0, 1000)},
                count);
  visitor.list_of_tables({.name = "transforms", .help = "what views are made of"}, transforms);
}

std::vector<std::shared_ptr<const Predictor>> in_views(std::shared_ptr<const Predictor> predictor,
                                                       const ViewSettings& settings,
                                                       uint64_t seed) {
  if (settings.count == 0) return {std::move(predictor)};
  const TransformChain chain(settings.transforms);
  std::vector<std::shared_ptr<const Predictor>> all;
  for (const int64_t view : chosen_views(settings.count, chain.views(), seed)) {
    all.push_back(std::make_shared<Viewed>(predictor, chain, view));
  }
  return all;
}

int64_t view_count(const ViewSettings& settings) {
  if (settings.count == 0) return 1;
  return std::min(settings.count, TransformChain(settings.transforms).views());
}

}  // namespace retort
