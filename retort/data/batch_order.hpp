#pragma once

#include <cstdint>
#include <mutex>
#include <string_view>
#include <vector>

#include "retort/base/random.hpp"
#include "retort/data/dataset.hpp"

namespace retort {

/// Some images in a random order without an end: one pass over all of them after the other, each in
/// an order of its own. A function of (seed, purpose, place); safe to ask from several threads.
class EndlessOrder {
 public:
  EndlessOrder(std::vector<int64_t> indices, uint64_t seed, std::string_view purpose);
  int64_t size() const { return static_cast<int64_t>(indices_.size()); }
  struct Place {
    int64_t index = 0;  // of an image
    int64_t pass = 0;
  };
  /// `count` of them from `first` on.
  std::vector<Place> places(int64_t first, int64_t count) const;

 private:
  std::vector<int64_t> indices_;
  RandomKey key_;
  mutable std::mutex mutex_;
  mutable int64_t pass_ = -1;
  mutable std::vector<int64_t> order_;  // of this pass
};

/// Which samples, in which views, make the batch of a step. The order of an epoch is a function of
/// (seed, epoch), the view of a sample one of (seed, epoch, index). A last batch that is not full
/// is left out; a set smaller than a batch makes one batch of all of it. labelled_share > 0: this
/// share of every batch are images with a label, at least one and not all, the rest images without
/// one. An epoch is then a pass over those without; the others come round as often as they have to,
/// in views of their own. Where all have a label, they come as without a share.
class BatchOrder {
 public:
  /// Throws Error (usage) for a data set or a batch of nothing, and for a share where no image has
  /// a label, or a batch of one.
  BatchOrder(const Dataset& dataset, int64_t batch_size, uint64_t seed, double labelled_share = 0);
  int64_t steps_per_epoch() const { return main_.size() / main_in_batch_; }
  int64_t batch_size() const { return main_in_batch_ + labelled_in_batch_; }
  /// The keys of a step (from 0); on any thread.
  std::vector<SampleKey> keys_of_step(int64_t step) const;

 private:
  // What a batch is made of.
  struct Mixture {
    std::vector<int64_t> labelled, main;  // images
    int64_t labelled_in_batch = 0, main_in_batch = 0;
  };
  static Mixture mixture(const Dataset& dataset, int64_t batch_size, double labelled_share);
  BatchOrder(const Dataset& dataset, uint64_t seed, Mixture mixture);

  uint64_t seed_;
  uint64_t views_;
  int64_t labelled_in_batch_, main_in_batch_;
  EndlessOrder labelled_,
      main_;  // main: all, or where there is a share those without a label, if any
};

}  // namespace retort
