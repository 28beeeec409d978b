#include "retort/data/batch_stream.hpp"

#include <condition_variable>
#include <exception>
#include <map>
#include <mutex>
#include <thread>

#include "retort/base/random.hpp"

namespace retort {

// Threads that make batches ahead, a bounded number of them, and hand them out in order.
class BatchStream::Workers {
 public:
  Workers(const BatchStream& stream, int64_t count, int64_t first_step)
      : stream_(stream), most_ahead_(2 * count), next_(first_step), taken_(first_step) {
    for (int64_t i = 0; i < count; ++i) {
      threads_.emplace_back([this](const std::stop_token& stop) { work(stop); });
    }
  }

  ~Workers() {
    for (std::jthread& thread : threads_) thread.request_stop();
    // Under the lock: a worker between its look at the stop and its wait would miss the call.
    { const std::lock_guard lock(mutex_); }
    room_.notify_all();
  }

  Batch take(int64_t step) {
    std::unique_lock lock(mutex_);
    made_.wait(lock, [&] { return results_.count(step) > 0; });
    Result result = std::move(results_.at(step));
    results_.erase(step);
    taken_ = step + 1;
    lock.unlock();
    room_.notify_all();
    if (result.error) std::rethrow_exception(result.error);
    return std::move(result.batch);
  }

 private:
  struct Result {
    Batch batch;
    std::exception_ptr error;
  };

  void work(const std::stop_token& stop) {
    while (true) {
      std::unique_lock lock(mutex_);
      room_.wait(lock, [&] { return stop.stop_requested() || next_ < taken_ + most_ahead_; });
      if (stop.stop_requested()) return;
      const int64_t step = next_++;
      Result result;
      try {
        // Under the lock: steps ask in order, so the order of an epoch is drawn once.
        std::vector<SampleKey> keys = stream_.keys_of_step(step);
        lock.unlock();
        result.batch = stream_.batch_of(step, std::move(keys));
      } catch (...) {
        result.error = std::current_exception();
      }
      if (!lock.owns_lock()) lock.lock();
      results_.emplace(step, std::move(result));
      lock.unlock();
      made_.notify_one();
    }
  }

  const BatchStream& stream_;
  int64_t most_ahead_;
  std::mutex mutex_;
  std::condition_variable room_, made_;
  std::map<int64_t, Result> results_;
  int64_t next_;
  int64_t taken_;
  std::vector<std::jthread> threads_;  // last: they end before what they use
};

BatchStream::BatchStream(DatasetPointer dataset, int64_t batch_size, uint64_t seed, int64_t workers,
                         Mix mix, double labelled_share)
    : dataset_(std::move(dataset)),
      seed_(seed),
      order_(*dataset_, batch_size, seed, labelled_share),
      worker_count_(workers),
      mix_(mix) {
  if (workers > 0) workers_ = std::make_unique<Workers>(*this, workers, step_);
}

BatchStream::~BatchStream() = default;

void BatchStream::go_to(int64_t step) {
  if (step == step_) return;
  step_ = step;
  workers_.reset();
  if (worker_count_ > 0) workers_ = std::make_unique<Workers>(*this, worker_count_, step);
}

Batch BatchStream::next() {
  const int64_t step = step_++;
  return workers_ ? workers_->take(step) : batch_of(step, keys_of_step(step));
}

Batch BatchStream::batch_of(int64_t step, std::vector<SampleKey> keys) const {
  const RandomKey key = RandomKey(seed_, "mix").with(static_cast<uint64_t>(step));
  return mixed(make_batch(*dataset_, std::move(keys)), mix_, key);
}

}  // namespace retort
