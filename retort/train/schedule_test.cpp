#include "retort/train/schedule.hpp"

#include <gtest/gtest.h>

#include <cmath>

namespace retort {
namespace {

double at_step(const Schedule& schedule, int64_t step, double warmup = 0) {
  return learning_rate_factor(schedule, warmup, step, 100);
}

TEST(Schedule, FollowsItsFormula) {
  EXPECT_EQ(at_step(ConstantSchedule{}, 99), 1);
  EXPECT_NEAR(at_step(LinearSchedule{}, 25), 0.75, 1e-12);
  EXPECT_NEAR(at_step(LinearSchedule{.final_share = 0.5}, 50), 0.75, 1e-12);
  EXPECT_NEAR(at_step(CosineSchedule{}, 50), 0.5, 1e-12);
  EXPECT_NEAR(at_step(CosineSchedule{}, 25), (1 + std::sqrt(0.5)) / 2, 1e-12);
  const StepsSchedule steps{.milestones = {0.5, 0.75}, .decay = 0.1};
  EXPECT_EQ(at_step(steps, 49), 1);
  EXPECT_NEAR(at_step(steps, 50), 0.1, 1e-12);
  EXPECT_NEAR(at_step(steps, 80), 0.01, 1e-12);
  EXPECT_NEAR(at_step(ExponentialSchedule{.final_share = 0.01}, 50), 0.1, 1e-12);
}

TEST(Schedule, StartsAtTheFullRateAndNeverRises) {
  for (const Schedule& schedule :
       {Schedule(ConstantSchedule{}), Schedule(LinearSchedule{}), Schedule(CosineSchedule{}),
        Schedule(StepsSchedule{}), Schedule(ExponentialSchedule{})}) {
    EXPECT_EQ(at_step(schedule, 0), 1);
    for (int64_t step = 1; step < 100; ++step) {
      EXPECT_LE(at_step(schedule, step), at_step(schedule, step - 1));
      EXPECT_GT(at_step(schedule, step), 0);
    }
  }
}

TEST(Schedule, WarmUpRisesInAStraightLine) {
  EXPECT_NEAR(at_step(ConstantSchedule{}, 0, 0.1), 0.1, 1e-12);
  EXPECT_NEAR(at_step(ConstantSchedule{}, 4, 0.1), 0.5, 1e-12);
  EXPECT_EQ(at_step(ConstantSchedule{}, 9, 0.1), 1);
  EXPECT_EQ(at_step(ConstantSchedule{}, 10, 0.1), 1);
}

}  // namespace
}  // namespace retort
