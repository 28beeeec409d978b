#include "retort/predict/viewed.hpp"

#include <ATen/TensorOperators.h>
#include <ATen/ops/allclose.h>
#include <ATen/ops/rand.h>
#include <ATen/ops/roll.h>
#include <ATen/ops/softmax.h>
#include <ATen/ops/stack.h>
#include <gtest/gtest.h>

#include <set>

#include "retort/predict/ensemble.hpp"
#include "retort/predict/micro_batches.hpp"

namespace retort {
namespace {

std::shared_ptr<const Predictor> a_network() {
  Graph graph({1, 5, 5});
  graph.linear("out", graph.flatten("flat", "input"), 3);
  return std::make_shared<NetworkPredictor>(Model{graph, initial_weights(graph, 7)});
}

ViewSettings shifts(int64_t count, int64_t pixels = 1) {
  return {.count = count, .transforms = {Transform{Shift{.pixels = pixels}}}};
}

// Images with an empty border of a pixel: shifting them is rolling them.
Tensor images(int64_t count) {
  const Tensor all = at::rand({count, 1, 5, 5});
  for (const int64_t edge : {0, 4}) {
    all.select(2, edge).zero_();
    all.select(3, edge).zero_();
  }
  return all;
}

Tensor logits(const Predictor& predictor, const Tensor& images) {
  return predictor.predict(images, {"logits"}).at("logits");
}

TEST(InViews, TheirMeanIsThatOverTheMovedImages) {
  const auto network = a_network();
  const Tensor plain = images(6);
  std::vector<Tensor> probabilities;
  for (const int64_t dy : {-1, 0, 1}) {
    for (const int64_t dx : {-1, 0, 1}) {
      const Tensor moved = at::roll(plain, {dy, dx}, {2, 3});
      probabilities.push_back(at::softmax(logits(*network, moved), 1));
    }
  }
  const auto views = in_views(network, shifts(9), 1);
  ASSERT_EQ(views.size(), 9U);
  const auto mean = ensemble_of(views, mean_by_probabilities);
  const Tensor before = plain.clone();
  EXPECT_TRUE(at::allclose(at::softmax(logits(*mean, plain), 1), at::stack(probabilities).mean(0),
                           1e-5, 1e-6));
  EXPECT_TRUE(plain.equal(before)) << "the images are the caller's";
}

TEST(InViews, AreDifferentOnesChosenByTheSeed) {
  const auto network = a_network();
  const auto prints = [&](int64_t count, uint64_t seed) {
    std::set<std::string> all;
    for (const auto& view : in_views(network, shifts(count, 2), seed)) {
      all.insert(view->fingerprint().text());
    }
    return all;
  };
  EXPECT_EQ(prints(12, 1).size(), 12U);
  EXPECT_EQ(prints(12, 1), prints(12, 1));
  EXPECT_NE(prints(12, 1), prints(12, 2));
  EXPECT_EQ(prints(100, 1).size(), 25U) << "there are no more";
  EXPECT_EQ(prints(100, 1), prints(100, 2));
  EXPECT_EQ(view_count(shifts(100, 2)), 25);
  EXPECT_EQ(view_count({}), 1);
  EXPECT_EQ(in_views(network, {}, 1).front(), network);
}

// The bits of a row, asked alone, with others, and in another order.
TEST(InViews, AnAnswerDependsOnItsImageAlone) {
  const auto mean = ensemble_of(in_views(a_network(), shifts(9), 1), mean_by_probabilities);
  const Tensor all = images(100);
  const auto asked = [&](const Tensor& some) {
    return predict_in_micro_batches(*mean, {some, {}, {}}, {"member_logits"}).at("member_logits");
  };
  const Tensor together = asked(all);
  EXPECT_TRUE(asked(all.narrow(0, 70, 3)).equal(together.narrow(0, 70, 3)));
  EXPECT_TRUE(asked(all.flip(0)).flip(0).equal(together));
}

}  // namespace
}  // namespace retort
