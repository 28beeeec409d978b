#pragma once

#include <cstdint>
#include <memory>
#include <mutex>
#include <vector>

#include "retort/data/batch.hpp"
#include "retort/data/mix.hpp"

namespace retort {

/// An endless stream of batches for training. The order of an epoch is a function of (seed, epoch),
/// the view of a sample one of (seed, epoch, index): the bytes do not depend on the number of
/// workers. A last batch that is not full is left out; a set smaller than a batch makes one batch
/// of all of it. How its images are mixed is a function of (seed, step).
class BatchStream {
 public:
  /// workers: threads that make batches ahead; 0: next() makes them itself. Throws
  /// Error (usage) for a data set or a batch of nothing.
  BatchStream(DatasetPointer dataset, int64_t batch_size, uint64_t seed, int64_t workers = 0,
              Mix mix = {});
  ~BatchStream();
  BatchStream(const BatchStream&) = delete;
  BatchStream& operator=(const BatchStream&) = delete;

  int64_t steps_per_epoch() const;
  const Dataset& dataset() const { return *dataset_; }
  int64_t batch_size() const { return batch_size_; }
  const Mix& mix() const { return mix_; }
  /// The keys of a step (from 0), without reading anything; on any thread.
  std::vector<SampleKey> keys_of_step(int64_t step) const;
  /// The batch of the next step. An error of a worker comes out here, at its step.
  Batch next();
  /// next() goes on with this step (from 0): where an earlier training stopped.
  void go_to(int64_t step);

 private:
  class Workers;
  Batch batch_of(int64_t step, std::vector<SampleKey> keys) const;
  DatasetPointer dataset_;
  int64_t batch_size_;
  uint64_t seed_;
  int64_t worker_count_;
  Mix mix_;
  int64_t step_ = 0;
  mutable std::mutex order_mutex_;  // workers and callers share the order
  mutable int64_t epoch_of_order_ = -1;
  mutable std::vector<int64_t> order_;
  std::unique_ptr<Workers> workers_;
};

}  // namespace retort
