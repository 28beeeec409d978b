#pragma once

#include <cstdint>
#include <memory>
#include <mutex>
#include <vector>

#include "retort/data/dataset.hpp"
#include "retort/tensor/named_tensors.hpp"

namespace retort {

/// One step's input.
struct Batch {
  Tensor inputs;         // [N, C, H, W], pixels in [0, 1]
  NamedTensors targets;  // "class": [N] int64, -1 where there is no label
  std::vector<SampleKey> keys;
};

/// The batch of these keys. Throws what Dataset::read throws.
Batch make_batch(const Dataset& dataset, std::vector<SampleKey> keys);

/// All samples in order in view 0, the last batch as short as it comes: for evaluation.
std::vector<std::vector<SampleKey>> batches_in_order(const Dataset& dataset, int64_t batch_size);

/// An endless stream of batches for training. The order of an epoch is a function of (seed, epoch),
/// the view of a sample one of (seed, epoch, index): the bytes do not depend on the number of
/// workers. A last batch that is not full is left out; a set smaller than a batch makes one batch
/// of all of it.
class BatchStream {
 public:
  /// workers: threads that make batches ahead; 0: next() makes them itself. Throws
  /// Error (usage) for a data set or a batch of nothing.
  BatchStream(DatasetPointer dataset, int64_t batch_size, uint64_t seed, int64_t workers = 0);
  ~BatchStream();
  BatchStream(const BatchStream&) = delete;
  BatchStream& operator=(const BatchStream&) = delete;

  int64_t steps_per_epoch() const;
  int64_t batch_size() const { return batch_size_; }
  /// The keys of a step (from 0), without reading anything; on any thread.
  std::vector<SampleKey> keys_of_step(int64_t step) const;
  /// The batch of the next step. An error of a worker comes out here, at its step.
  Batch next();
  /// next() goes on with this step (from 0): where an earlier training stopped.
  void go_to(int64_t step);

 private:
  class Workers;
  DatasetPointer dataset_;
  int64_t batch_size_;
  uint64_t seed_;
  int64_t worker_count_;
  int64_t step_ = 0;
  mutable std::mutex order_mutex_;  // workers and callers share the order
  mutable int64_t epoch_of_order_ = -1;
  mutable std::vector<int64_t> order_;
  std::unique_ptr<Workers> workers_;
};

}  // namespace retort
