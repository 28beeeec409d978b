#include "retort/data/planned_views.hpp"

#include <fmt/format.h>

#include "retort/base/random.hpp"
#include "retort/data/wrapped.hpp"

namespace retort {
namespace {

class PlannedViews : public Wrapped {
 public:
  PlannedViews(DatasetPointer all, int64_t views)
      : Wrapped(std::move(all)), views_(views), text_(fmt::format("{} planned views", views)) {}

  int64_t views() const override { return views_; }

  void read(SampleKey key, std::span<float> pixels) const override {
    // By the number in the source: choices of the same images share their views.
    const auto index = static_cast<uint64_t>(source_index(key.index));
    Random random(RandomKey(index, "planned views").with(static_cast<uint64_t>(key.view)));
    const auto view = random.below(static_cast<uint64_t>(inner().views()));
    inner().read({key.index, static_cast<int64_t>(view)}, pixels);
  }

  Fingerprint fingerprint() const override {
    return fingerprint_of(inner().fingerprint().text() + "\n" + text_);
  }
  std::string augmentation() const override { return inner().augmentation() + "\n" + text_; }

 private:
  int64_t views_;
  std::string text_;
};

}  // namespace

DatasetPointer in_planned_views(DatasetPointer dataset, int64_t views) {
  if (views == 0 || views >= dataset->views()) return dataset;
  return std::make_shared<PlannedViews>(std::move(dataset), views);
}

}  // namespace retort
