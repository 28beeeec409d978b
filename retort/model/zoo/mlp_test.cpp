#include "retort/model/zoo/mlp.hpp"

#include <gtest/gtest.h>

#include "retort/base/error.hpp"
#include "retort/model/zoo.hpp"

namespace retort {
namespace {

// Weights and biases of the networks of Hinton, Vinyals, Dean 2015, counted by hand.
TEST(Mlp, HasThePublishedNumberOfParameters) {
  const auto parameter_count = [](std::vector<int64_t> widths) {
    return cost(Mlp{std::move(widths), {}}.build({1, 28, 28}, 10)).parameters;
  };
  EXPECT_EQ(parameter_count({1200, 1200}), 784 * 1200 + 1200 + 1200 * 1200 + 1200 + 12000 + 10);
  EXPECT_EQ(parameter_count({800, 800}), 784 * 800 + 800 + 800 * 800 + 800 + 8000 + 10);
  EXPECT_EQ(parameter_count({}), 784 * 10 + 10);
  EXPECT_EQ(parameter_count({3}), 784 * 3 + 3 + 30 + 10);
}

TEST(Mlp, NamesItsNodesByLayer) {
  const Graph graph = Mlp{{20, 10}, {0.1, 0.0, 0.4}}.build({1, 4, 4}, 3);
  EXPECT_EQ(graph.names(), (std::vector<std::string>{"input", "flatten", "dropout0", "fc1", "relu1",
                                                     "fc2", "relu2", "dropout2", "logits"}));
  EXPECT_EQ(graph.output(), "logits");
}

TEST(Mlp, RefusesDropoutsThatDoNotFitTheLayers) {
  EXPECT_THROW((Mlp{{20, 10}, {0.1}}.build({1, 4, 4}, 3)), Error);
}

TEST(Zoo, GraphCarriesClassesAndNormalisation) {
  const Graph graph = build_graph({.network = Mlp{{5}, {}}, .normalise = {{0.1}, {0.3}}}, {1, 4, 4},
                                  {"cat", "dog"});
  EXPECT_EQ(graph.classes, (std::vector<std::string>{"cat", "dog"}));
  EXPECT_EQ(graph.normalisation.mean, std::vector<double>{0.1});
  EXPECT_EQ(graph.shape("logits"), Shape{2});
  EXPECT_THROW(
      build_graph({.network = Mlp{}, .normalise = {{0.1, 0.2}, {0.3, 0.3}}}, {1, 4, 4}, {"cat"}),
      Error);
}

}  // namespace
}  // namespace retort
