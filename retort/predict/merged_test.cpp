#include "retort/predict/merged.hpp"

#include <ATen/TensorOperators.h>
#include <ATen/ops/allclose.h>
#include <ATen/ops/cat.h>
#include <ATen/ops/rand.h>
#include <ATen/ops/softmax.h>
#include <ATen/ops/tensor.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace retort {
namespace {

using testing::HasSubstr;

std::shared_ptr<const Predictor> knowing(const Classes& classes, uint64_t seed, int64_t side = 2,
                                         double mean = 0) {
  Graph graph({1, side, side});
  graph.normalisation = {{mean}, {1}};
  graph.classes = classes;
  graph.linear("out", graph.flatten("flat", "input"), static_cast<int64_t>(classes.size()));
  return std::make_shared<NetworkPredictor>(Model{graph, initial_weights(graph, seed)});
}

Tensor logits(const Predictor& predictor, const Tensor& images,
              const std::string& name = "logits") {
  return predictor.predict(images, {name}).at(name);
}

std::string error_of(const auto& work) {
  try {
    work();
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ExitCode::usage);
    return error.what();
  }
  ADD_FAILURE() << "no error";
  return "";
}

TEST(Merged, MatchesClassesByNameWhateverTheirOrder) {
  const Tensor images = at::rand({5, 1, 2, 2});
  const auto a = knowing({"dog", "cat"}, 1);
  const auto b = knowing({"pear", "apple", "stone"}, 2);
  const auto both = merged({.members = {{"a", a}, {"b", b}},
                            .classes = {"apple", "cat", "dog", "pear"},
                            .rule = Concatenate{},
                            .gate = nullptr},
                           {});
  const Tensor of_a = logits(*a, images), of_b = logits(*b, images), all = logits(*both, images);
  EXPECT_TRUE(all.select(1, 0).equal(of_b.select(1, 1)));
  EXPECT_TRUE(all.select(1, 1).equal(of_a.select(1, 1)));
  EXPECT_TRUE(all.select(1, 2).equal(of_a.select(1, 0)));
  EXPECT_TRUE(all.select(1, 3).equal(of_b.select(1, 0)));
  EXPECT_EQ(logits(*both, images, "block_logits").size(1), 4) << "stone is no class of the data";
}

TEST(Merged, OfOneIsThatOneBitForBit) {
  const Tensor images = at::rand({5, 1, 2, 2});
  const auto only = knowing({"a", "b", "c"}, 3);
  for (const MergeRule& rule : {MergeRule(Concatenate{}), MergeRule(Calibrated{}),
                                MergeRule(Blocks{}), MergeRule(Pools{}), MergeRule(Gated{})}) {
    const auto one = merged({{{"only", only}}, {"a", "b", "c"}, rule, nullptr}, {});
    EXPECT_EQ(one, only) << rule_name(rule);
    const auto turned = merged({{{"only", only}}, {"c", "a", "b"}, rule, nullptr}, {});
    EXPECT_TRUE(logits(*turned, images).select(1, 0).equal(logits(*only, images).select(1, 2)));
  }
}

TEST(Merged, MembersMayDifferInSizeAndNormalisation) {
  const Tensor images = at::rand({3, 1, 4, 4});
  const auto small = knowing({"a"}, 1, 2, 0.5);
  const auto large = knowing({"b", "c"}, 2, 4);
  const auto both =
      merged({{{"small", small}, {"large", large}}, {"a", "b", "c"}, Concatenate{}, nullptr}, {});
  EXPECT_TRUE(
      logits(*both, images).equal(at::cat({logits(*small, images), logits(*large, images)}, 1)));
}

TEST(Merged, PoolsOfABatchSayWhoTeaches) {
  const auto a = knowing({"a", "b"}, 1);
  const auto b = knowing({"c", "d"}, 2);
  const auto both = merged({{{"a", a}, {"b", b}}, {"a", "b", "c", "d"}, Pools{0}, nullptr}, {});
  const Batch batch{
      at::rand({2, 1, 2, 2}), {{"pool", at::tensor(std::vector<int64_t>{1, 0}, at::kLong)}}, {}};
  const Tensor said =
      at::softmax(both->predict_batch(batch, {"logits_at_2"}).at("logits_at_2") / 2, 1);
  EXPECT_TRUE(at::allclose(said[0].narrow(0, 2, 2), at::softmax(logits(*b, batch.inputs)[0] / 2, 0),
                           1e-5, 1e-6));
  EXPECT_TRUE(at::allclose(said[1].narrow(0, 0, 2), at::softmax(logits(*a, batch.inputs)[1] / 2, 0),
                           1e-5, 1e-6));
}

TEST(Merged, TheGateNamesTheMembersInAnyOrder) {
  const auto a = knowing({"x"}, 1);
  const auto b = knowing({"y"}, 2);
  const auto gate = knowing({"b", "a"}, 5);
  const auto both = merged({{{"a", a}, {"b", b}}, {"x", "y"}, Gated{.gate = "gate"}, gate}, {});
  const Tensor images = at::rand({4, 1, 2, 2});
  const Tensor shares = at::softmax(logits(*gate, images), 1);
  EXPECT_TRUE(at::allclose(at::softmax(logits(*both, images), 1).select(1, 0), shares.select(1, 1),
                           1e-5, 1e-6));
}

TEST(Merged, SaysInOneLineWhatDoesNotFit) {
  const auto a = knowing({"a"}, 1);
  EXPECT_THAT(error_of([&] {
                merged({{{"a", a}}, {"a", "b"}, Concatenate{}, nullptr}, {});
              }),
              HasSubstr("no merged teacher knows 'b'"));
  EXPECT_THAT(error_of([&] {
                known_classes({"cat"}, {"a", "b"}, "teacher pets");
              }),
              HasSubstr("teacher pets: no class in common: it knows cat; the data have a, b"));
}

TEST(Merged, WidenedGivesUnknownClassesNoProbability) {
  const auto wide = widened(knowing({"b"}, 1), {"a", "b"}, "b");
  const Tensor soft = at::softmax(logits(*wide, at::rand({3, 1, 2, 2})), 1);
  EXPECT_TRUE(soft.select(1, 0).eq(0).all().item<bool>());
  EXPECT_TRUE(soft.select(1, 1).eq(1).all().item<bool>());
}

TEST(Merged, ItsFingerprintIsOfAllThatDecidesAnAnswer) {
  const auto print = [](const MergeRule& rule, const MergeFit& fit, uint64_t seed) {
    return merged(
               {{{"a", knowing({"a"}, 1)}, {"b", knowing({"b"}, seed)}}, {"a", "b"}, rule, nullptr},
               fit)
        ->fingerprint();
  };
  const auto first = print(Pools{0.1}, {}, 2);
  EXPECT_EQ(first, print(Pools{0.1}, {}, 2));
  EXPECT_NE(first, print(Pools{0.2}, {}, 2));
  EXPECT_NE(first, print(Pools{0.1}, {.biases = {0, 1}}, 2));
  EXPECT_NE(first, print(Pools{0.1}, {}, 3));
}

}  // namespace
}  // namespace retort
