#include <gtest/gtest.h>

#include "retort/result/training_record.hpp"

namespace retort {
namespace {

TrainingRecord with_errors(const std::vector<std::pair<int64_t, int64_t>>& errors) {
  TrainingRecord record;
  for (const auto& [validation, test] : errors) {
    record.epochs.push_back({.epoch = static_cast<int64_t>(record.epochs.size()) + 1,
                             .validation_errors = validation,
                             .test_errors = test});
  }
  return record;
}

TEST(BestEpoch, IsTheFirstOfThoseWithTheFewestErrors) {
  const TrainingRecord record = with_errors({{5, 9}, {3, 8}, {3, 6}, {4, 6}});
  EXPECT_EQ(record.best_on_validation()->epoch, 2);
  EXPECT_EQ(record.best_on_validation()->test_errors, 8) << "not what the test would choose";
  EXPECT_EQ(record.best_on_test()->epoch, 3);
}

TEST(BestEpoch, IsNoneWhereNothingWasMeasured) {
  EXPECT_EQ(TrainingRecord().best_on_validation(), nullptr);
  const TrainingRecord record = with_errors({{-1, 0}, {-1, 2}});
  EXPECT_EQ(record.best_on_validation(), nullptr);
  EXPECT_EQ(record.best_on_test()->epoch, 1);
}

}  // namespace
}  // namespace retort
