#include "retort/data/relabelled.hpp"

#include <ATen/TensorOperators.h>
#include <gtest/gtest.h>

#include "retort/base/error.hpp"
#include "retort/data/batch.hpp"
#include "retort/data/images_for_tests.hpp"
#include "retort/data/subset.hpp"

namespace retort {
namespace {

using test::NumberedImages;

TEST(Relabelled, OnlyOfClassesCountsInTheKnownOrder) {
  const auto all = std::make_shared<NumberedImages>(std::vector<int64_t>{0, 1, 2, 1, -1, 2});
  const DatasetPointer some = only_of_classes(all, {"class 2", "class 1"});
  ASSERT_EQ(some->size(), 4);
  EXPECT_EQ(some->classes(), (Classes{"class 2", "class 1"}));
  std::vector<int64_t> labels;
  for (int64_t i = 0; i < some->size(); ++i) labels.push_back(some->label(i));
  EXPECT_EQ(labels, (std::vector<int64_t>{1, 0, 1, 0}));
  EXPECT_EQ(test::pixels_of(*some, {.index = 2}), test::pixels_of(*all, {.index = 3}));
  EXPECT_THROW(only_of_classes(all, {"class 9"}), Error);
}

TEST(Relabelled, LabelsAndNamesAreInTheFingerprint) {
  const auto all = std::make_shared<NumberedImages>(std::vector<int64_t>{0, 1});
  const auto print = [&](const Classes& names, const std::vector<int64_t>& labels) {
    return relabelled(all, {0, 1}, names, labels)->fingerprint();
  };
  EXPECT_NE(print({"a", "b"}, {0, 1}), print({"a", "b"}, {1, 1}));
  EXPECT_NE(print({"a", "b"}, {0, 1}), print({"a", "c"}, {0, 1}));
}

TEST(Relabelled, PoolsReachTheBatchThroughASubset) {
  const auto all = std::make_shared<NumberedImages>(std::vector<int64_t>{0, 1, 0});
  EXPECT_EQ(make_batch(*all, {{.index = 0}}).targets.find("pool"), nullptr);
  const DatasetPointer some = subset(with_pools(all, {"a", "b"}, {1, -1, 0}), {2, 0});
  const Batch batch = make_batch(*some, {{.index = 0}, {.index = 1}});
  const Tensor& pools = batch.targets.at("pool");
  EXPECT_EQ(pools[0].item<int64_t>(), 0);
  EXPECT_EQ(pools[1].item<int64_t>(), 1);
  EXPECT_EQ(some->fingerprint(), subset(all, {2, 0})->fingerprint());
}

}  // namespace
}  // namespace retort
