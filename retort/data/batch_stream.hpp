#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "retort/data/batch.hpp"
#include "retort/data/batch_order.hpp"
#include "retort/data/mix.hpp"

namespace retort {

/// An endless stream of batches for training, in the order of a BatchOrder: the bytes do not depend
/// on the number of workers. How the images of a batch are mixed is a function of (seed, step).
class BatchStream {
 public:
  /// workers: threads that make batches ahead; 0: next() makes them itself. labelled_share: see
  /// BatchOrder. Throws Error (usage) like it.
  BatchStream(DatasetPointer dataset, int64_t batch_size, uint64_t seed, int64_t workers = 0,
              Mix mix = {}, double labelled_share = 0);
  ~BatchStream();
  BatchStream(const BatchStream&) = delete;
  BatchStream& operator=(const BatchStream&) = delete;

  int64_t steps_per_epoch() const { return order_.steps_per_epoch(); }
  const Dataset& dataset() const { return *dataset_; }
  int64_t batch_size() const { return order_.batch_size(); }
  const Mix& mix() const { return mix_; }
  /// The keys of a step (from 0), without reading anything; on any thread.
  std::vector<SampleKey> keys_of_step(int64_t step) const { return order_.keys_of_step(step); }
  /// The batch of the next step. An error of a worker comes out here, at its step.
  Batch next();
  /// next() goes on with this step (from 0): where an earlier training stopped.
  void go_to(int64_t step);

 private:
  class Workers;
  Batch batch_of(int64_t step, std::vector<SampleKey> keys) const;
  DatasetPointer dataset_;
  uint64_t seed_;
  BatchOrder order_;
  int64_t worker_count_;
  Mix mix_;
  int64_t step_ = 0;
  std::unique_ptr<Workers> workers_;
};

}  // namespace retort
