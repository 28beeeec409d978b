#include "retort/experiment/training_lock.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <optional>
#include <thread>

namespace retort {
namespace {

class TrainingLockTest : public testing::Test {
 protected:
  void SetUp() override {
    root_ = Path(testing::TempDir()) / "training_lock_test";
    std::filesystem::remove_all(root_);
    std::filesystem::create_directories(root_);
  }
  void TearDown() override { std::filesystem::remove_all(root_); }

  Path root_;
};

TEST_F(TrainingLockTest, ASecondOneWaitsForTheFirst) {
  std::optional<TrainingLock> first;
  first.emplace(root_, "abc", [] { ADD_FAILURE() << "nobody holds it"; });
  std::atomic<bool> waited{false}, released{false};
  std::thread second([&] {
    const TrainingLock lock(root_, "abc", [&] { waited = true; });
    EXPECT_TRUE(released) << "both held it";
  });
  while (!waited) std::this_thread::yield();
  released = true;
  first.reset();
  second.join();
  EXPECT_TRUE(std::filesystem::is_empty(root_)) << "the file of the lock was left";
}

TEST_F(TrainingLockTest, OtherFingerprintsAreFree) {
  const TrainingLock first(root_, "abc", [] {});
  const TrainingLock second(root_, "abd", [] { ADD_FAILURE() << "nobody holds it"; });
}

TEST_F(TrainingLockTest, WhereNoFileCanBeMadeNothingIsLocked) {
  const TrainingLock first(root_ / "none", "abc", [] {});
  const TrainingLock second(root_ / "none", "abc", [] { ADD_FAILURE() << "nothing is locked"; });
}

// What a process that died has left holds nobody up.
TEST_F(TrainingLockTest, AFileThatWasLeftHoldsNothing) {
  write_file(root_ / ".training-abc", "");
  const TrainingLock lock(root_, "abc", [] { ADD_FAILURE() << "nobody holds it"; });
}

}  // namespace
}  // namespace retort
