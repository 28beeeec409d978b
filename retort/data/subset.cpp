#include "retort/data/subset.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numeric>

#include "retort/base/error.hpp"
#include "retort/base/random.hpp"
#include "retort/data/wrapped.hpp"

namespace retort {
namespace {

class Subset : public Wrapped {
 public:
  Subset(DatasetPointer whole, std::vector<int64_t> indices)
      : Wrapped(std::move(whole)), indices_(std::move(indices)) {}

  int64_t size() const override { return static_cast<int64_t>(indices_.size()); }
  int64_t source_index(int64_t index) const override { return Wrapped::source_index(at(index)); }
  int64_t label(int64_t index) const override { return Wrapped::label(at(index)); }
  int64_t pool(int64_t index) const override { return Wrapped::pool(at(index)); }
  void read(SampleKey key, std::span<float> pixels) const override {
    Wrapped::read({at(key.index), key.view}, pixels);
  }
  Fingerprint fingerprint() const override {
    std::string bytes = inner().fingerprint().text();
    bytes.append(reinterpret_cast<const char*>(indices_.data()), indices_.size() * sizeof(int64_t));
    return fingerprint_of(bytes);
  }

 private:
  int64_t at(int64_t index) const { return indices_[static_cast<size_t>(index)]; }
  std::vector<int64_t> indices_;
};

class PartlyLabelled : public Wrapped {
 public:
  PartlyLabelled(DatasetPointer whole, std::vector<int64_t> labelled)
      : Wrapped(std::move(whole)), labelled_(std::move(labelled)) {
    std::sort(labelled_.begin(), labelled_.end());
  }

  int64_t label(int64_t index) const override {
    const bool has = std::binary_search(labelled_.begin(), labelled_.end(), index);
    return has ? Wrapped::label(index) : no_label;
  }
  Fingerprint fingerprint() const override {
    std::string bytes = "labels of\n" + inner().fingerprint().text();
    bytes.append(reinterpret_cast<const char*>(labelled_.data()),
                 labelled_.size() * sizeof(int64_t));
    return fingerprint_of(bytes);
  }

 private:
  std::vector<int64_t> labelled_;  // sorted
};

// The candidates of every class in an order chosen by the seed; those without a label come last.
std::vector<std::vector<int64_t>> shuffled_by_class(const Dataset& dataset,
                                                    const std::vector<int64_t>& candidates,
                                                    RandomKey key) {
  const size_t classes = dataset.classes().size();
  std::vector<std::vector<int64_t>> strata(classes + 1);
  for (const int64_t index : candidates) {
    const int64_t label = dataset.label(index);
    strata[label < 0 ? classes : static_cast<size_t>(label)].push_back(index);
  }
  for (size_t c = 0; c < strata.size(); ++c) {
    std::vector<int64_t> shuffled;
    for (const int64_t i :
         random_permutation(static_cast<int64_t>(strata[c].size()), key.with(c))) {
      shuffled.push_back(strata[c][static_cast<size_t>(i)]);
    }
    strata[c] = std::move(shuffled);
  }
  return strata;
}

// `count` shared out in proportion to the sizes: whole parts first, then the largest remainders.
std::vector<int64_t> proportional_shares(const std::vector<std::vector<int64_t>>& strata,
                                         int64_t count, int64_t total) {
  std::vector<int64_t> shares, remainders;
  int64_t left = count;
  for (const auto& stratum : strata) {
    const int64_t product = count * static_cast<int64_t>(stratum.size());
    shares.push_back(product / total);
    remainders.push_back(product % total);
    left -= shares.back();
  }
  std::vector<size_t> order(strata.size());
  std::iota(order.begin(), order.end(), size_t{0});
  std::stable_sort(order.begin(), order.end(),
                   [&](size_t a, size_t b) { return remainders[a] > remainders[b]; });
  for (size_t i = 0; i < static_cast<size_t>(left); ++i) ++shares[order[i]];
  return shares;
}

// Which classes of the data set are among these.
std::vector<bool> chosen_classes(const Dataset& dataset, const Classes& classes) {
  const Classes& all = dataset.classes();
  std::vector<bool> chosen(all.size(), false);
  for (const std::string& name : classes) {
    const auto found = std::find(all.begin(), all.end(), name);
    if (found == all.end()) {
      throw Error(ExitCode::usage,
                  fmt::format("there is no class \"{}\"{}", printable(name), suggest(name, all)));
    }
    chosen[static_cast<size_t>(found - all.begin())] = true;
  }
  return chosen;
}

}  // namespace

DatasetPointer subset(DatasetPointer dataset, std::vector<int64_t> indices) {
  return std::make_shared<Subset>(std::move(dataset), std::move(indices));
}

std::vector<int64_t> all_indices(const Dataset& dataset) {
  std::vector<int64_t> all(static_cast<size_t>(dataset.size()));
  std::iota(all.begin(), all.end(), int64_t{0});
  return all;
}

SplitIndices validation_split(const Dataset& dataset, int64_t count, uint64_t seed) {
  if (count < 0 || count >= dataset.size()) {
    throw Error(ExitCode::usage,
                fmt::format("wanted fewer validation images than the {} there are, got {}",
                            dataset.size(), count));
  }
  const auto strata =
      shuffled_by_class(dataset, all_indices(dataset), RandomKey(seed, "validation"));
  const std::vector<int64_t> shares = proportional_shares(strata, count, dataset.size());
  SplitIndices split;
  for (size_t c = 0; c < strata.size(); ++c) {
    const auto middle = strata[c].begin() + shares[c];
    split.validation.insert(split.validation.end(), strata[c].begin(), middle);
    split.training.insert(split.training.end(), middle, strata[c].end());
  }
  std::sort(split.validation.begin(), split.validation.end());
  std::sort(split.training.begin(), split.training.end());
  return split;
}

std::vector<int64_t> of_classes(const Dataset& dataset, const std::vector<int64_t>& candidates,
                                const Classes& classes) {
  const std::vector<bool> wanted = chosen_classes(dataset, classes);
  std::vector<int64_t> chosen;
  std::copy_if(candidates.begin(), candidates.end(), std::back_inserter(chosen),
               [&](int64_t index) {
                 const int64_t label = dataset.label(index);
                 return label != no_label && wanted[static_cast<size_t>(label)];
               });
  return chosen;
}

DatasetPointer with_labels_of(DatasetPointer dataset, std::vector<int64_t> indices) {
  return std::make_shared<PartlyLabelled>(std::move(dataset), std::move(indices));
}

std::vector<int64_t> labelled_choice(const Dataset& dataset, const std::vector<int64_t>& candidates,
                                     int64_t count, uint64_t seed) {
  const size_t classes = dataset.classes().size();
  auto strata = shuffled_by_class(dataset, candidates, RandomKey(seed, "labelled choice"));
  strata.resize(classes);  // those without a label came last
  size_t available = 0;
  for (const auto& stratum : strata) available += stratum.size();
  if (count < static_cast<int64_t>(classes) || count > static_cast<int64_t>(available)) {
    throw Error(ExitCode::usage,
                fmt::format("wanted from {} (one for each class) to {} labels, got {}", classes,
                            available, count));
  }
  std::vector<int64_t> chosen;
  for (size_t turn = 0; static_cast<int64_t>(chosen.size()) < count; ++turn) {
    for (const auto& stratum : strata) {
      if (turn < stratum.size() && static_cast<int64_t>(chosen.size()) < count) {
        chosen.push_back(stratum[turn]);
      }
    }
  }
  std::sort(chosen.begin(), chosen.end());
  return chosen;
}

DatasetPointer images_of_classes(const DatasetPointer& dataset, const Classes& classes) {
  return subset(dataset, of_classes(*dataset, all_indices(*dataset), classes));
}

std::vector<int64_t> balanced_choice(const Dataset& dataset, const std::vector<int64_t>& candidates,
                                     int64_t count, uint64_t seed, const Classes& classes) {
  const std::vector<bool> wanted =
      chosen_classes(dataset, classes.empty() ? dataset.classes() : classes);
  const auto strata = shuffled_by_class(dataset, candidates, RandomKey(seed, "balanced choice"));
  std::vector<int64_t> chosen;
  for (size_t c = 0; c < dataset.classes().size(); ++c) {
    if (!wanted[c]) continue;
    if (static_cast<int64_t>(strata[c].size()) < count) {
      throw Error(ExitCode::usage,
                  fmt::format("wanted {} images of each class, class '{}' has {}", count,
                              printable(dataset.classes()[c]), strata[c].size()));
    }
    chosen.insert(chosen.end(), strata[c].begin(), strata[c].begin() + count);
  }
  std::sort(chosen.begin(), chosen.end());
  return chosen;
}

}  // namespace retort
