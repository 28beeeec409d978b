#include <gtest/gtest.h>

#include "retort/objective/losses/cross_entropy.hpp"
#include "retort/objective/losses/distillation.hpp"
#include "tests/golden/losses.hpp"

namespace retort {
namespace {

// Hinton, Vinyals, Dean 2015, section 2: T^2 keeps the relative contributions of hard and soft
// targets roughly unchanged when the temperature changes. Logits of nets trained on MNIST, the
// student in the midst of its training.
TEST(GradientShare, StaysWithinTwofoldFromTemperatureTwoToTwenty) {
  const Safetensors golden = golden::file("mnist_logits.safetensors");
  const Tensor student = golden.tensors.at("student").to(at::kDouble);
  const Tensor teacher = golden.tensors.at("teacher").to(at::kDouble);
  const Tensor labels = golden.tensors.at("labels");
  const auto norm = [&](const golden::Loss& loss) {
    const golden::LossAndGradient result = golden::with_gradient(loss, student);
    return golden::flat(result.gradient / result.count).square().sum().sqrt().item<double>();
  };
  const double hard = norm([&](const Tensor& logits) { return cross_entropy(logits, labels); });
  double least = std::numeric_limits<double>::infinity();
  double most = 0;
  for (const double temperature : {2.0, 3.0, 4.0, 6.0, 8.0, 12.0, 20.0}) {
    const double soft =
        norm([&](const Tensor& logits) { return distillation(logits, teacher, temperature); });
    least = std::min(least, soft / hard);
    most = std::max(most, soft / hard);
  }
  EXPECT_LT(most / least, 2);
}

}  // namespace
}  // namespace retort
