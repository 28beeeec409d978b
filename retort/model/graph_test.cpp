#include "retort/model/graph.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "retort/base/error.hpp"

namespace retort {
namespace {

using testing::HasSubstr;

Graph small() {
  Graph graph({1, 28, 28});
  graph.flatten("flatten", "input");
  graph.linear("fc1", "flatten", 32);
  graph.relu("relu1", "fc1");
  graph.linear("logits", "relu1", 10);
  return graph;
}

// Runs `code` and returns what it threw; a test that expects an error fails when there is none.
template <class Code>
std::string model_error(Code code) {
  try {
    code();
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ExitCode::model) << error.what();
    return error.what();
  }
  ADD_FAILURE() << "no error";
  return "";
}

TEST(Graph, KnowsNamesAndShapesOfEveryNode) {
  const Graph graph = small();
  EXPECT_EQ(graph.names(),
            (std::vector<std::string>{"input", "flatten", "fc1", "relu1", "logits"}));
  EXPECT_EQ(graph.shape("input"), (Shape{1, 28, 28}));
  EXPECT_EQ(graph.shape("flatten"), Shape{784});
  EXPECT_EQ(graph.shape("relu1"), Shape{32});
  EXPECT_EQ(graph.shape("logits"), Shape{10});
  EXPECT_EQ(graph.output(), "logits");
}

TEST(Graph, CountsParametersAndMacsOfHintonsTeacher) {
  Graph graph({784});
  graph.linear("fc1", "input", 1200);
  graph.relu("relu1", "fc1");
  graph.dropout("dropout", "relu1", 0.3);
  graph.linear("fc2", "dropout", 1200);
  graph.relu("relu2", "fc2");
  graph.linear("logits", "relu2", 10);
  EXPECT_EQ(cost(graph).parameters, 2'395'210);
  EXPECT_EQ(cost(graph).macs, 784 * 1200 + 1200 * 1200 + 1200 * 10);
}

TEST(Graph, CountsNoBiasWhereThereIsNone) {
  Graph graph({20});
  graph.linear("logits", "input", 3, false);
  EXPECT_EQ(cost(graph).parameters, 60);
  EXPECT_EQ(parameters(graph).size(), 1U);
}

TEST(Graph, ListsParametersInOrderOfTheNodes) {
  const std::vector<ParameterSpec> specs = parameters(small());
  ASSERT_EQ(specs.size(), 4U);
  EXPECT_EQ(specs[0].name, "fc1.weight");
  EXPECT_EQ(specs[0].shape, (Shape{32, 784}));
  EXPECT_EQ(specs[0].initial, Initial::fan_in);
  EXPECT_EQ(specs[0].fan, 784);
  EXPECT_TRUE(specs[0].decays);
  EXPECT_EQ(specs[1].name, "fc1.bias");
  EXPECT_EQ(specs[1].shape, Shape{32});
  EXPECT_FALSE(specs[1].decays);
  EXPECT_EQ(specs[3].name, "logits.bias");
}

TEST(Graph, CountsNoBuffersAndDecaysNoNorms) {
  Graph graph({3, 8, 8});
  graph.conv("conv", "input", {.out_channels = 4, .kernel = 3, .padding = 1});
  graph.batch_norm("bn", "conv");
  EXPECT_EQ(cost(graph).parameters, 4 * 3 * 3 * 3 + 2 * 4);
  EXPECT_EQ(cost(graph).macs, 8 * 8 * 4 * 3 * 3 * 3);
  std::vector<std::string> trained, decaying;
  for (const ParameterSpec& spec : parameters(graph)) {
    if (spec.trained) trained.push_back(spec.name);
    if (spec.decays) decaying.push_back(spec.name);
  }
  EXPECT_THAT(trained, testing::ElementsAre("conv.weight", "bn.weight", "bn.bias"));
  EXPECT_THAT(decaying, testing::ElementsAre("conv.weight"));
}

TEST(Graph, NamesTheNearestNodeOnAMiss) {
  EXPECT_THAT(model_error([] { small().shape("relu2"); }), HasSubstr("did you mean 'relu1'?"));
  EXPECT_THAT(model_error([] { small().relu("relu2", "logit"); }),
              HasSubstr("did you mean 'logits'?"));
}

TEST(Graph, RefusesTakenAndEmptyNames) {
  EXPECT_THAT(model_error([] { small().relu("fc1", "logits"); }), HasSubstr("taken"));
  EXPECT_THAT(model_error([] { small().relu("input", "logits"); }), HasSubstr("name"));
  EXPECT_THAT(model_error([] { small().relu("", "logits"); }), HasSubstr("name"));
}

TEST(Graph, RefusesShapesThatDoNotFit) {
  Graph graph({1, 28, 28});
  EXPECT_THAT(model_error([&] { graph.linear("fc", "input", 10); }), HasSubstr("flatten"));
  EXPECT_THAT(model_error([&] {
                graph.add({"relu", "relu", {}, {}});
              }),
              HasSubstr("wanted 1 input"));
  EXPECT_THAT(model_error([&] {
                graph.add({"relu", "relu", {"input", "input"}, {}});
              }),
              HasSubstr("wanted 1 input"));
  EXPECT_THAT(model_error([&] { graph.dropout("drop", "input", 1.0); }), HasSubstr("[0, 1)"));
  EXPECT_THAT(model_error([&] { graph.dropout("drop", "input", -0.1); }), HasSubstr("[0, 1)"));
  EXPECT_TRUE(graph.nodes().empty()) << "a refused node must leave nothing behind";
}

TEST(Graph, RefusesImpossibleSizes) {
  constexpr int64_t huge = int64_t{1} << 60;
  model_error([] { Graph({0, 28, 28}); });
  model_error([] { Graph({-1}); });
  model_error([] { Graph({huge}); });
  model_error([] { Graph({int64_t{1} << 32, int64_t{1} << 32}); });
  for (const int64_t out : {int64_t{0}, int64_t{-5}, huge, INT64_MAX, INT64_MIN}) {
    Graph graph({784});
    EXPECT_THAT(model_error([&] { graph.linear("fc", "input", out); }), HasSubstr("fc"));
  }
}

// Shapes of a stranger's file may each be possible and their products absurd.
TEST(Graph, CountsNoFurtherThanItCanExactly) {
  Graph graph({1, 1 << 20, 1 << 20});
  for (const char* name : {"a", "b"}) {
    graph.conv(name, graph.nodes().empty() ? "input" : "a",
               {.out_channels = 1, .kernel = (1 << 19) + 1, .padding = 1 << 18});
    EXPECT_EQ(cost(graph).macs, most_count);
  }
}

TEST(Graph, WithoutNodesHasNoOutput) {
  EXPECT_THAT(model_error([] { Graph({784}).output(); }), HasSubstr("no nodes"));
}

}  // namespace
}  // namespace retort
