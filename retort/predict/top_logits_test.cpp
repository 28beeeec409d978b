#include "retort/predict/top_logits.hpp"

#include <ATen/TensorOperators.h>
#include <ATen/ops/softmax.h>
#include <ATen/ops/tensor.h>
#include <gmock/gmock.h>

#include <cmath>

namespace retort {
namespace {

Tensor two_rows() {
  return at::tensor(std::vector<double>{3, -1, 5, 0, 2, 1, 1, -4, 7, 6}, at::kDouble).view({2, 5});
}

TEST(TopLogits, RowsAreLargestLogitsTheirClassesAndTheLogSumOfTheOthers) {
  const Tensor row = top_of(two_rows(), {.count = 2, .temperature = 2})[0];
  EXPECT_EQ(row[0].item<double>(), 5);
  EXPECT_EQ(row[1].item<double>(), 3);
  EXPECT_EQ(row[2].item<double>(), 2);
  EXPECT_EQ(row[3].item<double>(), 0);
  EXPECT_NEAR(row[4].item<double>(), std::log(std::exp(-0.5) + std::exp(0.0) + std::exp(1.0)),
              1e-12);
}

TEST(TopLogits, KeepTheirProbabilitiesAtTheTemperatureAndSpreadTheRestEvenly) {
  const TopLogits top{.count = 2, .temperature = 4};
  const Tensor logits = two_rows();
  const Tensor whole = at::softmax(logits / 4, 1);
  const Tensor made = at::softmax(logits_of_top(top_of(logits, top), 5, top) / 4, 1);
  for (const int64_t kept : {2, 0}) {
    EXPECT_NEAR(made[0][kept].item<double>(), whole[0][kept].item<double>(), 1e-12);
  }
  const double rest = 1 - whole[0][2].item<double>() - whole[0][0].item<double>();
  for (const int64_t other : {1, 3, 4}) {
    EXPECT_NEAR(made[0][other].item<double>(), rest / 3, 1e-12);
  }
}

TEST(TopLogits, LoseNothingWhereTheOthersAreEqual) {
  const Tensor logits = at::tensor(std::vector<double>{4, 1, 1, 1}, at::kDouble).view({1, 4});
  const TopLoss none = top_loss(logits, {.count = 1, .temperature = 3});
  EXPECT_NEAR(none.largest, 0, 1e-12);
  EXPECT_NEAR(none.tail, 1 - at::softmax(logits / 3, 1)[0][0].item<double>(), 1e-12);
  const TopLoss some = top_loss(two_rows(), {.count = 1, .temperature = 3});
  EXPECT_GT(some.mean, 0.01);
  EXPECT_GE(some.largest, some.mean);
}

TEST(TopLogits, NamesAreReadBack) {
  const TopLogits top{.count = 10, .temperature = 2.5};
  EXPECT_EQ(top.name(), "logits_top10_at_2.5");
  const TopLogits read = TopLogits::of_name(top.name());
  EXPECT_EQ(read.count, 10);
  EXPECT_EQ(read.temperature, 2.5);
  for (const char* other : {"logits", "logits_top", "logits_top0_at_1", "logits_top3_at_x",
                            "logits_at_2", "logits_top3_at_1.0"}) {
    EXPECT_EQ(TopLogits::of_name(other).count, 0) << other;
  }
}

}  // namespace
}  // namespace retort
