#include "retort/predict/ensemble.hpp"

#include <ATen/TensorOperators.h>
#include <ATen/ops/allclose.h>
#include <ATen/ops/rand.h>
#include <ATen/ops/softmax.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace retort {
namespace {

std::shared_ptr<const Predictor> a_member(uint64_t seed, int64_t classes = 3) {
  Graph graph({1, 2, 2});
  graph.linear("out", graph.flatten("flat", "input"), classes);
  return std::make_shared<NetworkPredictor>(Model{graph, initial_weights(graph, seed)});
}

Tensor logits(const Predictor& predictor, const Tensor& images) {
  return predictor.predict(images, {"logits"}).at("logits");
}

TEST(Ensemble, IsTheMeanOfItsMembers) {
  const Tensor images = at::rand({6, 1, 2, 2}) * 5;
  const auto first = a_member(1);
  const auto second = a_member(2);
  const Tensor a = logits(*first, images);
  const Tensor b = logits(*second, images);
  EXPECT_TRUE(at::allclose(logits(*ensemble_of({first, second}, "logits"), images), (a + b) / 2));
  const Tensor probabilities = (at::softmax(a, 1) + at::softmax(b, 1)) / 2;
  for (const auto mean : {mean_by_probabilities, mean_by_losses}) {
    const auto both = ensemble_of({first, second}, mean);
    EXPECT_TRUE(at::allclose(at::softmax(logits(*both, images), 1), probabilities, 1e-5, 1e-6));
    const Tensor members = both->predict(images, {"member_logits"}).at("member_logits");
    EXPECT_TRUE(members.select(-1, 0).equal(a));
    EXPECT_TRUE(members.select(-1, 1).equal(b));
  }
}

TEST(Ensemble, OfOneIsThatOne) {
  const Tensor images = at::rand({4, 1, 2, 2});
  const auto only = a_member(1);
  EXPECT_TRUE(logits(*ensemble_of({only}, "logits"), images).equal(logits(*only, images)));
}

TEST(Ensemble, KnowsWhoIsInIt) {
  const auto a = a_member(1);
  const auto b = a_member(2);
  EXPECT_NE(ensemble_of({a, b}, "logits")->fingerprint(),
            ensemble_of({a}, "logits")->fingerprint());
  EXPECT_NE(ensemble_of({a, b}, "logits")->fingerprint(),
            ensemble_of({a, b}, "losses")->fingerprint());
  EXPECT_EQ(ensemble_of({a, b}, "logits")->outputs()[1].shape, (Shape{3, 2}));
  EXPECT_THROW(ensemble_of({a, a_member(1, 4)}, "logits"), Error);
}

}  // namespace
}  // namespace retort
