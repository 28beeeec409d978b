#include "retort/data/batch_order.hpp"

#include <gmock/gmock.h>

#include <map>
#include <set>

#include "retort/base/error.hpp"
#include "retort/data/images_for_tests.hpp"
#include "retort/data/transforms.hpp"

namespace retort {
namespace {

using test::NumberedImages;
using testing::HasSubstr;

// Every fifth of them has a label.
DatasetPointer images(int64_t count) {
  std::vector<int64_t> labels;
  for (int64_t i = 0; i < count; ++i) labels.push_back(i % 5 == 0 ? 1 : no_label);
  return transformed(std::make_shared<NumberedImages>(labels, Shape{1, 3, 4}),
                     {{Shift{.pixels = 2}}});
}

std::string usage_error(const Dataset& dataset, int64_t batch, double share) {
  try {
    const BatchOrder order(dataset, batch, 1, share);
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ExitCode::usage);
    return error.what();
  }
  ADD_FAILURE() << "no error";
  return "";
}

// 100 images: 20 with a label, 80 without. Batches of 10 have 3 and 7: 11 steps are an epoch.
TEST(BatchOrder, EveryBatchHasItsShareOfLabels) {
  const DatasetPointer all = images(100);
  const BatchOrder order(*all, 10, 1, 0.3);
  ASSERT_EQ(order.steps_per_epoch(), 11);
  EXPECT_EQ(order.batch_size(), 10);
  std::map<int64_t, int64_t> seen;
  for (int64_t step = 0; step < 110; ++step) {
    int64_t labelled = 0;
    for (const SampleKey& key : order.keys_of_step(step)) {
      labelled += all->label(key.index) == no_label ? 0 : 1;
      ++seen[key.index];
    }
    EXPECT_EQ(labelled, 3) << step;
  }
  for (const auto& [index, times] : seen) {
    if (all->label(index) == no_label) {
      EXPECT_LE(times, 10) << "once an epoch at most";
    } else {
      EXPECT_NEAR(static_cast<double>(times), 330.0 / 20, 1) << "all in turn";
    }
  }
  EXPECT_EQ(seen.size(), 100U);
}

TEST(BatchOrder, WithoutAShareItIsAPassOverAll) {
  const DatasetPointer all = images(100);
  const BatchOrder order(*all, 10, 1);
  std::set<int64_t> seen;
  for (int64_t step = 0; step < order.steps_per_epoch(); ++step) {
    for (const SampleKey& key : order.keys_of_step(step)) seen.insert(key.index);
  }
  EXPECT_EQ(seen.size(), 100U);
}

// Fewer labels than a batch wants: an image stands in it twice, in views of their own.
TEST(BatchOrder, LabelledImagesComeRoundInOtherViews) {
  const DatasetPointer all = images(10);  // 2 with a label
  const BatchOrder order(*all, 16, 1, 0.5);
  EXPECT_EQ(order.steps_per_epoch(), 1);
  std::set<std::pair<int64_t, int64_t>> seen;
  for (int64_t step = 0; step < 20; ++step) {
    for (const SampleKey& key : order.keys_of_step(step)) {
      if (key.index == 5) seen.emplace(key.index, key.view);
    }
  }
  EXPECT_GT(seen.size(), 15U) << "of 25 views in 80 draws";
}

TEST(BatchOrder, IsAFunctionOfTheStep) {
  const DatasetPointer all = images(100);
  const BatchOrder forwards(*all, 10, 1, 0.3), backwards(*all, 10, 1, 0.3), other(*all, 10, 2, 0.3);
  std::vector<std::vector<SampleKey>> keys(30);
  for (int64_t step = 29; step >= 0; --step) {
    keys[static_cast<size_t>(step)] = backwards.keys_of_step(step);
  }
  for (int64_t step = 0; step < 30; ++step) {
    EXPECT_EQ(forwards.keys_of_step(step), keys[static_cast<size_t>(step)]) << step;
  }
  EXPECT_NE(other.keys_of_step(3), keys[3]);
}

TEST(BatchOrder, AShareWhereAllHaveALabelIsTheOrderWithout) {
  const NumberedImages labelled({1, 0, 1, 0, 1});
  const BatchOrder shared(labelled, 2, 7, 0.5), plain(labelled, 2, 7);
  EXPECT_EQ(shared.steps_per_epoch(), 2);
  for (int64_t step = 0; step < 9; ++step) {
    EXPECT_EQ(shared.keys_of_step(step), plain.keys_of_step(step)) << step;
  }
}

TEST(BatchOrder, AShareWantsImagesWithALabel) {
  const NumberedImages none({no_label, no_label});
  EXPECT_THAT(usage_error(none, 2, 0.5), HasSubstr("got 0 such images and batches of 2"));
  EXPECT_THAT(usage_error(*images(10), 1, 0.5), HasSubstr("got 2 such images and batches of 1"));
}

}  // namespace
}  // namespace retort
