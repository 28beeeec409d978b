#include "retort/data/batch_stream.hpp"

#include <ATen/ops/equal.h>
#include <gmock/gmock.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <numeric>
#include <set>
#include <stdexcept>
#include <thread>

#include "retort/base/error.hpp"
#include "retort/data/images_for_tests.hpp"
#include "retort/data/transforms.hpp"

namespace retort {
namespace {

using test::NumberedImages;
using testing::ElementsAre;

std::vector<int64_t> labels_in_turn(int64_t count) {
  std::vector<int64_t> labels;
  for (int64_t i = 0; i < count; ++i) labels.push_back(i % 3);
  return labels;
}

DatasetPointer shifted_images(int64_t count) {
  return transformed(std::make_shared<NumberedImages>(labels_in_turn(count), Shape{1, 3, 4}),
                     {{Shift{.pixels = 2}}});
}

// Counts its reads; takes its time; fails at one sample.
class WatchedImages : public NumberedImages {
 public:
  using NumberedImages::NumberedImages;
  void read(SampleKey key, std::span<float> pixels) const override {
    ++reads;
    std::this_thread::sleep_for(std::chrono::microseconds(200));
    if (key.index == bad_index) throw Error(ExitCode::data, "sample is damaged");
    NumberedImages::read(key, pixels);
  }
  mutable std::atomic<int64_t> reads = 0;
  int64_t bad_index = -1;
};

TEST(MakeBatch, HoldsPixelsLabelsAndKeys) {
  const NumberedImages images({1, no_label, 0}, {1, 1, 2}, /*views=*/4);
  const std::vector<SampleKey> keys = {{2, 3}, {1, 0}, {0, 1}};
  const Batch batch = make_batch(images, keys);
  EXPECT_EQ(batch.keys, keys);
  ASSERT_EQ(batch.inputs.sizes(), (at::IntArrayRef{3, 1, 1, 2}));
  ASSERT_EQ(batch.inputs.scalar_type(), at::kFloat);
  const float* pixels = batch.inputs.const_data_ptr<float>();
  EXPECT_THAT(std::vector<float>(pixels, pixels + 6), ElementsAre(230, 231, 100, 101, 10, 11));
  const Tensor& classes = batch.targets.at("class");
  ASSERT_EQ(classes.scalar_type(), at::kLong);
  const int64_t* labels = classes.const_data_ptr<int64_t>();
  EXPECT_THAT(std::vector<int64_t>(labels, labels + 3), ElementsAre(0, -1, 1));
}

TEST(BatchesInOrder, EndWithAShortOne) {
  const auto batches = batches_in_order(NumberedImages(labels_in_turn(5)), 2);
  ASSERT_EQ(batches.size(), 3U);
  EXPECT_THAT(batches[0], ElementsAre(SampleKey{0, 0}, SampleKey{1, 0}));
  EXPECT_THAT(batches[2], ElementsAre(SampleKey{4, 0}));
  EXPECT_EQ(batches_in_order(NumberedImages(labels_in_turn(4)), 2).size(), 2U);
}

TEST(BatchStream, EveryEpochTakesEverySampleAtMostOnceInAnotherOrder) {
  const BatchStream stream(shifted_images(23), 5, 1);
  ASSERT_EQ(stream.steps_per_epoch(), 4);
  std::set<std::vector<int64_t>> orders;
  for (int64_t epoch = 0; epoch < 10; ++epoch) {
    std::vector<int64_t> order;
    for (int64_t step = 4 * epoch; step < 4 * epoch + 4; ++step) {
      for (const SampleKey& key : stream.keys_of_step(step)) order.push_back(key.index);
    }
    EXPECT_EQ(order.size(), 20U);
    EXPECT_EQ(std::set(order.begin(), order.end()).size(), 20U);
    orders.insert(order);
  }
  EXPECT_EQ(orders.size(), 10U);
}

// 25 views, 2000 epochs of one sample: each comes about 80 times, give or take 9. 25 degrees of
// freedom less one: chi-squared above 64 happens once in 60,000 seeds.
TEST(BatchStream, ViewsAreUniformAndChangeWithEpochSampleAndSeed) {
  const BatchStream stream(shifted_images(2), 1, 1);
  std::vector<int64_t> counts(25);
  for (int64_t step = 0; step < 4000; ++step) {
    const SampleKey key = stream.keys_of_step(step).front();
    if (key.index == 0) ++counts.at(static_cast<size_t>(key.view));
  }
  EXPECT_EQ(std::accumulate(counts.begin(), counts.end(), int64_t{0}), 2000);
  double chi_squared = 0;
  for (const int64_t count : counts) {
    chi_squared += static_cast<double>((count - 80) * (count - 80)) / 80;
  }
  EXPECT_LT(chi_squared, 64);
  const BatchStream many(shifted_images(50), 50, 1);
  std::set<int64_t> views;
  for (const SampleKey& key : many.keys_of_step(0)) views.insert(key.view);
  EXPECT_GT(views.size(), 10U);
  EXPECT_NE(many.keys_of_step(0), BatchStream(shifted_images(50), 50, 2).keys_of_step(0));
}

TEST(BatchStream, OrderAndViewsEachChangeWithTheSeed) {
  const DatasetPointer images = shifted_images(50);
  const auto keys_of_seed = [&](uint64_t seed) {
    return BatchStream(images, 50, seed).keys_of_step(0);
  };
  std::vector<SampleKey> one = keys_of_seed(1), two = keys_of_seed(2);
  const auto same_index = [](const SampleKey& a, const SampleKey& b) { return a.index == b.index; };
  EXPECT_FALSE(std::equal(one.begin(), one.end(), two.begin(), same_index));
  const auto by_index = [](const SampleKey& a, const SampleKey& b) { return a.index < b.index; };
  std::sort(one.begin(), one.end(), by_index);
  std::sort(two.begin(), two.end(), by_index);
  EXPECT_NE(one, two);  // only the views are left to differ
}

TEST(BatchStream, KeysOfAnyStepAreThoseOfTheStreamWhateverWasAskedBefore) {
  const DatasetPointer images = shifted_images(23);
  BatchStream stream(images, 5, 7);
  std::vector<std::vector<SampleKey>> came;
  for (int i = 0; i < 12; ++i) came.push_back(stream.next().keys);
  for (const int64_t step : {11, 0, 4, 3, 8, 7}) {
    EXPECT_EQ(stream.keys_of_step(step), came[static_cast<size_t>(step)]) << step;
    EXPECT_EQ(BatchStream(images, 5, 7).keys_of_step(step), came[static_cast<size_t>(step)]);
  }
}

TEST(BatchStream, TheNumberOfWorkersChangesNoByteInThreeEpochs) {
  const DatasetPointer images = shifted_images(101);
  BatchStream none(images, 8, 7, 0), one(images, 8, 7, 1), four(images, 8, 7, 4);
  for (int64_t step = 0; step < 3 * none.steps_per_epoch() + 1; ++step) {
    const Batch wanted = none.next();
    for (BatchStream* stream : {&one, &four}) {
      const Batch came = stream->next();
      ASSERT_EQ(came.keys, wanted.keys) << step;
      ASSERT_TRUE(at::equal(came.inputs, wanted.inputs)) << step;
      ASSERT_TRUE(at::equal(came.targets.at("class"), wanted.targets.at("class"))) << step;
    }
  }
}

// Every step is an epoch here: all of them draw a long order.
TEST(BatchStream, KeysMayBeAskedForWhileWorkersWork) {
  const DatasetPointer images = shifted_images(3000);
  const BatchStream quiet(images, 3000, 3);
  BatchStream busy(images, 3000, 3, 2);
  std::vector<std::vector<SampleKey>> wanted;
  for (int64_t step = 0; step < 200; ++step) wanted.push_back(quiet.keys_of_step(step));
  std::atomic<int64_t> wrong = 0;
  std::jthread asker([&] {
    for (size_t step = wanted.size(); step-- > 0;) {
      if (busy.keys_of_step(static_cast<int64_t>(step)) != wanted[step]) ++wrong;
    }
  });
  for (const std::vector<SampleKey>& keys : wanted) {
    if (busy.next().keys != keys) ++wrong;
  }
  asker.join();
  EXPECT_EQ(wrong, 0);
}

TEST(BatchStream, ASetSmallerThanABatchMakesOneBatchOfAllOfIt) {
  BatchStream stream(shifted_images(3), 100, 1, 1);
  EXPECT_EQ(stream.steps_per_epoch(), 1);
  EXPECT_EQ(stream.next().inputs.size(0), 3);
  EXPECT_EQ(stream.next().inputs.size(0), 3);
}

TEST(BatchStream, RefusesBatchesOfNothing) {
  const auto refused = [](int64_t images, int64_t batch_size) {
    try {
      BatchStream(shifted_images(images), batch_size, 1);
      return false;
    } catch (const Error& error) {
      return error.code() == ExitCode::usage;
    }
  };
  EXPECT_TRUE(refused(0, 4));
  EXPECT_TRUE(refused(4, 0));
}

TEST(BatchStream, AnErrorComesOutAtItsStepAndTheNextStepsGoOn) {
  for (const int64_t workers : {0, 1, 4}) {
    const auto images = std::make_shared<WatchedImages>(labels_in_turn(12));
    images->bad_index = BatchStream(images, 1, 5).keys_of_step(7).front().index;
    BatchStream stream(images, 1, 5, workers);
    for (int step = 0; step < 12; ++step) {
      if (step == 7) {
        EXPECT_THROW(stream.next(), Error) << workers;
      } else {
        EXPECT_NO_THROW(stream.next()) << workers;
      }
    }
  }
}

TEST(BatchStream, WorkersMakeABoundedNumberAheadAndEndPromptly) {
  const auto images = std::make_shared<WatchedImages>(labels_in_turn(1000));
  BatchStream stream(images, 1, 5, 2);
  stream.next();
  std::this_thread::sleep_for(std::chrono::milliseconds(100));
  EXPECT_GE(images->reads, 2);
  EXPECT_LE(images->reads, 1 + 2 * 2);
  const auto before = std::chrono::steady_clock::now();
  for (int i = 0; i < 50; ++i) BatchStream(images, 4, 5, 4).next();
  EXPECT_LT(std::chrono::steady_clock::now() - before, std::chrono::seconds(5));
}

// Hangs, and is ended by ctest, when a worker misses that it shall stop.
TEST(BatchStream, EndsWhateverItsWorkersAreAt) {
  for (int64_t workers = 1; workers <= 4; ++workers) {
    const auto images = std::make_shared<WatchedImages>(labels_in_turn(40));
    { const BatchStream untaken(images, 2, 5, workers); }
    {
      const int64_t before = images->reads;
      const BatchStream full(images, 2, 5, workers);
      while (images->reads < before + 2 * 2 * workers) std::this_thread::yield();
    }
    images->bad_index = BatchStream(images, 2, 5).keys_of_step(0).front().index;
    { const BatchStream untaken_error(images, 2, 5, workers); }
    BatchStream taken_error(images, 2, 5, workers);
    EXPECT_THROW(taken_error.next(), Error);
  }
}

TEST(BatchStream, GoesOnAtAnyStep) {
  const DatasetPointer images = shifted_images(23);
  for (const int64_t workers : {0, 1, 4}) {
    BatchStream whole(images, 5, 1, workers);
    std::vector<Batch> batches;
    for (int64_t step = 0; step < 14; ++step) batches.push_back(whole.next());
    for (const int64_t first : {0, 1, 3, 4, 5, 12}) {
      SCOPED_TRACE(testing::Message() << workers << " workers from step " << first);
      BatchStream rest(images, 5, 1, workers);
      rest.next();
      rest.go_to(first);
      for (int64_t step = first; step < 14; ++step) {
        const Batch batch = rest.next();
        EXPECT_EQ(batch.keys, batches[static_cast<size_t>(step)].keys);
        EXPECT_TRUE(at::equal(batch.inputs, batches[static_cast<size_t>(step)].inputs));
      }
    }
  }
}

}  // namespace
}  // namespace retort
