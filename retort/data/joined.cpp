#include "retort/data/joined.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cassert>

#include "retort/base/error.hpp"
#include "retort/data/relabelled.hpp"
#include "retort/data/subset.hpp"

namespace retort {
namespace {

class Joined : public Dataset {
 public:
  explicit Joined(std::vector<DatasetPointer> parts) : parts_(std::move(parts)) {
    for (const DatasetPointer& part : parts_) {
      assert(part->shape() == shape() && part->views() == 1);
      ends_.push_back(size() + part->size());
      source_ends_.push_back(source_size() + part->source_size());
    }
  }

  int64_t size() const override { return ends_.empty() ? 0 : ends_.back(); }
  const Shape& shape() const override { return parts_.front()->shape(); }
  const Classes& classes() const override { return parts_.front()->classes(); }
  Fingerprint fingerprint() const override {
    std::string text = "joined";
    for (const DatasetPointer& part : parts_) text += "\n" + part->fingerprint().text();
    return fingerprint_of(text);
  }
  int64_t source_index(int64_t index) const override {
    const auto [part, inside] = at(index);
    return (part > 0 ? source_ends_[part - 1] : 0) + parts_[part]->source_index(inside);
  }
  int64_t source_size() const override { return source_ends_.empty() ? 0 : source_ends_.back(); }
  Fingerprint source_fingerprint() const override {
    std::string text = "joined";
    for (const DatasetPointer& part : parts_) text += "\n" + part->source_fingerprint().text();
    return fingerprint_of(text);
  }
  std::vector<std::string> warnings() const override {
    std::vector<std::string> all;
    for (const DatasetPointer& part : parts_) {
      const std::vector<std::string> lines = part->warnings();
      all.insert(all.end(), lines.begin(), lines.end());
    }
    return all;
  }
  int64_t label(int64_t index) const override {
    const auto [part, inside] = at(index);
    return parts_[part]->label(inside);
  }
  const Classes& pools() const override { return parts_.front()->pools(); }
  int64_t pool(int64_t index) const override {
    const auto [part, inside] = at(index);
    return part == 0 ? parts_[part]->pool(inside) : no_label;
  }
  void read(SampleKey key, std::span<float> pixels) const override {
    const auto [part, inside] = at(key.index);
    parts_[part]->read({inside, key.view}, pixels);
  }

 private:
  struct Place {
    size_t part;
    int64_t inside;
  };
  Place at(int64_t index) const {
    const auto end = std::upper_bound(ends_.begin(), ends_.end(), index);
    const auto part = static_cast<size_t>(end - ends_.begin());
    return {part, index - (part > 0 ? ends_[part - 1] : 0)};
  }

  std::vector<DatasetPointer> parts_;
  std::vector<int64_t> ends_, source_ends_;  // how many there are up to each part's end
};

std::vector<std::string> missing(const Classes& of, const Classes& in) {
  std::vector<std::string> names;
  std::copy_if(of.begin(), of.end(), std::back_inserter(names), [&](const std::string& name) {
    return std::find(in.begin(), in.end(), name) == in.end();
  });
  return names;
}

}  // namespace

DatasetPointer joined(std::vector<DatasetPointer> parts) {
  assert(!parts.empty());
  return parts.size() == 1 ? std::move(parts.front()) : std::make_shared<Joined>(std::move(parts));
}

DatasetPointer without_labels(const DatasetPointer& dataset, const Classes& classes) {
  return relabelled(dataset, all_indices(*dataset), classes,
                    std::vector<int64_t>(static_cast<size_t>(dataset->size()), no_label));
}

DatasetPointer with_class_order(const DatasetPointer& dataset, const Classes& classes) {
  const Classes& own = dataset->classes();
  if (own == classes) return dataset;
  const std::vector<std::string> unknown = missing(own, classes), lacking = missing(classes, own);
  if (!unknown.empty() || !lacking.empty()) {
    throw Error(ExitCode::usage,
                fmt::format("its classes are not those of the data:{}{}",
                            unknown.empty() ? "" : " only here: " + printable(join(unknown)) + ";",
                            lacking.empty() ? "" : " only there: " + printable(join(lacking))) +
                    "; measure = false takes its images alone");
  }
  std::vector<int64_t> labels;
  for (int64_t i = 0; i < dataset->size(); ++i) {
    const int64_t label = dataset->label(i);
    labels.push_back(label == no_label ? no_label
                                       : std::find(classes.begin(), classes.end(),
                                                   own[static_cast<size_t>(label)]) -
                                             classes.begin());
  }
  return relabelled(dataset, all_indices(*dataset), classes, std::move(labels));
}

}  // namespace retort
