#include "retort/predict/feature_distance.hpp"

#include <ATen/TensorOperators.h>
#include <ATen/ops/eye.h>
#include <ATen/ops/linalg_inv.h>
#include <ATen/ops/matmul.h>
#include <ATen/ops/rand.h>
#include <ATen/ops/stack.h>
#include <ATen/ops/tensor.h>
#include <ATen/ops/zeros.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "retort/base/random.hpp"
#include "retort/data/byte_images.hpp"

namespace retort {
namespace {

using testing::HasSubstr;

// Images of four pixels: those of "dark" around 60, of "light" around 180.
DatasetPointer dark_and_light(int64_t dark, int64_t light) {
  Random random(RandomKey(7, "dark and light"));
  std::vector<uint8_t> pixels, labels;
  for (int64_t i = 0; i < dark + light; ++i) {
    labels.push_back(i < dark ? 0 : 1);
    for (int64_t p = 0; p < 4; ++p) {
      pixels.push_back(static_cast<uint8_t>((i < dark ? 30 : 150) + random.below(60)));
    }
  }
  return std::make_shared<ByteImages>(Shape{1, 2, 2}, pixels, labels, Classes{"dark", "light"});
}

// Its features are the pixels; without a gain all are of its one class.
std::shared_ptr<const Predictor> reader(const Classes& classes, uint64_t seed) {
  Graph graph({1, 2, 2});
  graph.classes = classes;
  const auto out =
      graph.linear("out", graph.flatten("flat", "input"), static_cast<int64_t>(classes.size()));
  graph.add("scale", "end", out, {{"factor", 2.0}, {"offset", 0.0}});
  return std::make_shared<NetworkPredictor>(Model{graph, initial_weights(graph, seed)});
}

Tensor pixels_of(const Dataset& images, int64_t first, int64_t step, int64_t end) {
  std::vector<Tensor> rows;
  for (int64_t i = first; i < end; i += step)
    rows.push_back(make_batch(images, {{.index = i}}).inputs[0]);
  return at::stack(rows);
}

Tensor told(const Predictor& gate, const Tensor& images) {
  return gate.predict(images, {"logits"}).at("logits");
}

TEST(FeatureDistance, FeaturesAreWhatTheLastLayerReads) {
  EXPECT_EQ(reader({"a", "b"}, 1)->features(), "flat");
}

TEST(FeatureDistance, TellsWhoseImageItIs) {
  const DatasetPointer own = dark_and_light(100, 60);
  const auto gate =
      feature_distance({{"dark", reader({"a", "b"}, 1)}, {"light", reader({"c"}, 2)}}, own);
  EXPECT_EQ(gate->classes(), (Classes{"dark", "light"}));
  const Tensor images = pixels_of(*own, 0, 1, 160);
  const Tensor answers = told(*gate, images).argmax(1);
  EXPECT_EQ(answers.slice(0, 0, 100).sum().item<int64_t>(), 0);
  EXPECT_EQ(answers.slice(0, 100).sum().item<int64_t>(), 60);
  EXPECT_TRUE(
      told(*gate, images.slice(0, 3, 5)).allclose(told(*gate, images).slice(0, 3, 5), 1e-5, 1e-5))
      << "an image's neighbours do not matter";
}

// Of one class the distance is x' S^-1 x of the centred x, with every other image for mean and
// covariance, the rest for units.
TEST(FeatureDistance, IsMahalanobissInUnitsOfImagesThatItHasNotSeen) {
  const DatasetPointer own = dark_and_light(100, 60);
  const auto gate =
      feature_distance({{"dark", reader({"a"}, 1)}, {"light", reader({"c"}, 2)}}, own);
  const auto flat = [&](int64_t first) {
    return pixels_of(*own, first, 2, 100).flatten(1).to(at::kDouble);
  };
  const Tensor fitted = flat(0), rest = flat(1);
  const Tensor centred = fitted - fitted.mean(0);
  const Tensor covariance = at::matmul(centred.t(), centred) / 50;
  const Tensor inverse =
      at::linalg_inv(0.9 * covariance + 0.1 * covariance.trace() / 4 * at::eye(4, at::kDouble));
  const Tensor moved = rest - fitted.mean(0);
  const Tensor distances = (at::matmul(moved, inverse) * moved).sum(1);
  const Tensor wanted = (distances.mean() - distances) / distances.std();
  const Tensor got = told(*gate, pixels_of(*own, 1, 2, 100)).select(1, 0).to(at::kDouble);
  EXPECT_LT((got - wanted).abs().max().item<double>(), 1e-5);
}

TEST(FeatureDistance, RefusesFeaturesThatAreTooManyOrNone) {
  const auto error_of = [](const Graph& graph) {
    try {
      check_features(graph, "wide");
    } catch (const Error& error) {
      return std::string(error.what());
    }
    return std::string("no error");
  };
  Graph wide({1, 100, 100});
  wide.linear("out", wide.flatten("flat", "input"), 2);
  EXPECT_THAT(error_of(wide), HasSubstr("reads 10000 numbers"));
  Graph two({4});
  two.add({.name = "sum",
           .op = "add",
           .inputs = {two.linear("a", "input", 2), two.linear("b", "input", 2)},
           .attributes = {}});
  EXPECT_THAT(error_of(two), HasSubstr("no network with one last layer"));
  EXPECT_THAT(error_of(Graph({4})), HasSubstr("no network with one last layer"));
}

TEST(FeatureDistance, ChangesItsFingerprintWithTheImages) {
  const auto of = [](int64_t dark) {
    return feature_distance({{"dark", reader({"a"}, 1)}, {"light", reader({"c"}, 2)}},
                            dark_and_light(dark, 60))
        ->fingerprint();
  };
  EXPECT_EQ(of(100), of(100));
  EXPECT_FALSE(of(100) == of(102));
}

TEST(FeatureDistance, RefusesMembersWithoutFeaturesOrImages) {
  const auto error_of = [](const std::shared_ptr<const Predictor>& dark, int64_t images) {
    try {
      feature_distance({{"dark", dark}, {"light", reader({"c"}, 2)}}, dark_and_light(images, 60));
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), ExitCode::usage);
      return std::string(error.what());
    }
    return std::string("no error");
  };
  EXPECT_THAT(error_of(always("dark", {1, 2, 2}), 100),
              HasSubstr("no network with one last layer"));
  EXPECT_THAT(error_of(reader({"a"}, 1), 19), HasSubstr("got 19"));
  EXPECT_EQ(error_of(reader({"a"}, 1), 20), "no error");
}

}  // namespace
}  // namespace retort
