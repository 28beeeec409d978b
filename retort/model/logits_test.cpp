#include "retort/model/logits.hpp"

#include <gtest/gtest.h>

#include "retort/model/ops.hpp"

namespace retort {
namespace {

Graph ending_in(const std::vector<std::pair<std::string, Attributes>>& ops) {
  Graph graph({4});
  std::string last(Graph::input_name);
  for (const auto& [op, attributes] : ops) {
    last = graph.add(op, op, last, attributes);
  }
  return graph;
}

const Attributes doubled = {{"factor", 2.0}, {"offset", 0.0}};

TEST(NotLogits, IsWhatASigmoidOrASoftmaxSays) {
  EXPECT_NE(not_logits(ending_in({{"sigmoid", {}}})).find("'sigmoid', a sigmoid"),
            std::string::npos);
  EXPECT_NE(not_logits(ending_in({{"sigmoid", {}}, {"scale", doubled}})), "");
}

TEST(NotLogits, IsNothingElse) {
  EXPECT_EQ(not_logits(ending_in({{"scale", doubled}})), "");
  EXPECT_EQ(not_logits(ending_in({{"sigmoid", {}}, {"relu", {}}})), "") << "inside the network";
}

}  // namespace
}  // namespace retort
