#include "retort/tensor/mean_of_probabilities.hpp"

#include <ATen/TensorOperators.h>
#include <ATen/ops/softmax.h>
#include <ATen/ops/tensor.h>
#include <gtest/gtest.h>

#include <cmath>

namespace retort {
namespace {

TEST(MeanOfProbabilities, SoftensToTheMean) {
  // Two members, two classes: softmax((log 3, 0)) = (3/4, 1/4) and softmax((0, 0)) = (1/2, 1/2).
  for (const double temperature : {1.0, 4.0, 20.0}) {
    const Tensor members =
        at::tensor({temperature * std::log(3), 0.0, 0.0, 0.0}, at::kDouble).reshape({1, 2, 2});
    const Tensor p = at::softmax(mean_of_probabilities(members, temperature) / temperature, 1);
    EXPECT_NEAR(p[0][0].item<double>(), 0.625, 1e-12) << temperature;
    EXPECT_NEAR(p[0][1].item<double>(), 0.375, 1e-12) << temperature;
  }
}

TEST(MeanOfProbabilities, KeepsWhatIsTiny) {
  const Tensor members = at::tensor({0.0, 0.0, -900.0, -900.0}, at::kDouble).reshape({1, 2, 2});
  const Tensor mean = mean_of_probabilities(members, 1);
  EXPECT_NEAR((mean[0][1] - mean[0][0]).item<double>(), -900, 1e-9);
}

}  // namespace
}  // namespace retort
