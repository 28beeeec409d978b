#include "retort/data/relabelled.hpp"

#include <algorithm>
#include <cassert>
#include <numeric>

#include "retort/data/subset.hpp"
#include "retort/data/wrapped.hpp"

namespace retort {
namespace {

class Relabelled : public Wrapped {
 public:
  Relabelled(DatasetPointer inner, Classes classes, std::vector<int64_t> labels)
      : Wrapped(std::move(inner)), classes_(std::move(classes)), labels_(std::move(labels)) {}

  const Classes& classes() const override { return classes_; }
  int64_t label(int64_t index) const override { return labels_[static_cast<size_t>(index)]; }
  Fingerprint fingerprint() const override {
    std::string bytes = inner().fingerprint().text();
    for (const std::string& name : classes_) bytes += "\n" + name;
    bytes.append(reinterpret_cast<const char*>(labels_.data()), labels_.size() * sizeof(int64_t));
    return fingerprint_of(bytes);
  }

 private:
  Classes classes_;
  std::vector<int64_t> labels_;
};

class Pooled : public Wrapped {
 public:
  Pooled(DatasetPointer inner, Classes names, std::vector<int64_t> pools)
      : Wrapped(std::move(inner)), names_(std::move(names)), pools_(std::move(pools)) {}

  const Classes& pools() const override { return names_; }
  int64_t pool(int64_t index) const override { return pools_[static_cast<size_t>(index)]; }

 private:
  Classes names_;
  std::vector<int64_t> pools_;
};

}  // namespace

const Classes& Dataset::pools() const {
  static const Classes none;
  return none;
}

DatasetPointer relabelled(DatasetPointer dataset, std::vector<int64_t> indices, Classes classes,
                          std::vector<int64_t> labels) {
  assert(indices.size() == labels.size());
  return std::make_shared<Relabelled>(subset(std::move(dataset), std::move(indices)),
                                      std::move(classes), std::move(labels));
}

DatasetPointer only_of_classes(const DatasetPointer& dataset, const Classes& known) {
  std::vector<int64_t> indices = of_classes(*dataset, all_indices(*dataset), known), labels;
  for (const int64_t index : indices) {
    const std::string& name = dataset->classes()[static_cast<size_t>(dataset->label(index))];
    labels.push_back(std::find(known.begin(), known.end(), name) - known.begin());
  }
  return relabelled(dataset, std::move(indices), known, std::move(labels));
}

DatasetPointer with_pools(DatasetPointer dataset, Classes names, std::vector<int64_t> pools) {
  assert(static_cast<int64_t>(pools.size()) == dataset->size());
  return std::make_shared<Pooled>(std::move(dataset), std::move(names), std::move(pools));
}

}  // namespace retort
