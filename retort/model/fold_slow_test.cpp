#include <gtest/gtest.h>

#include "retort/model/fold.hpp"
#include "retort/model/network.hpp"
#include "retort/model/zoo.hpp"
#include "tests/golden/golden.hpp"

namespace retort {
namespace {

// Statistics as in a training: a batch of images has gone through.
Model model_of(const std::string& kind) {
  const Graph graph = std::visit(
      [](const auto& network) {
        return network.build({3, 32, 32}, 10);
      },
      network_named(kind));
  Model model{graph, initial_weights(graph, 1)};
  const Network network(model);
  const Tensor images = golden::pattern(1, {4, 3, 32, 32}, 0, 1).to(at::kFloat);
  uint64_t seed = 2;
  for (int pass = 0; pass < 3; ++pass) network.forward(images, {"logits"}, {.training = true});
  for (const auto& [name, tensor] : model.weights) {
    if (!name.ends_with(".bias")) continue;
    tensor.copy_(golden::pattern(seed++, tensor.sizes().vec(), -0.1, 0.1));
  }
  return model;
}

TEST(FoldZoo, EveryNetworkAnswersAsBefore) {
  const Tensor images = golden::pattern(3, {2, 3, 32, 32}, 0, 1).to(at::kFloat);
  for (const auto& [kind, help] : KindsOf<ZooNetwork>::rows()) {
    const Model before = model_of(kind);
    const Model after = folded(before);
    int64_t norms = 0;
    for (const Node& node : before.graph.nodes()) norms += node.op == "batch_norm" ? 1 : 0;
    const auto nodes = [](const Model& model) { return model.graph.nodes().size(); };
    const auto count = [](const Model& model) { return cost(model.graph).parameters; };
    EXPECT_EQ(nodes(after) < nodes(before), norms > 0) << kind;
    EXPECT_EQ(count(after) < count(before), norms > 0) << kind;
    EXPECT_EQ(cost(after.graph).macs, cost(before.graph).macs) << kind;
    const auto logits = [&](const Model& model) {
      return Network(model).forward(images, {"logits"}).at("logits");
    };
    const Tensor wanted = logits(before);
    const double largest = golden::flat(wanted).abs().max().item<double>();
    EXPECT_GT(largest, 1e-3) << kind;
    EXPECT_LT(golden::largest_difference(wanted, logits(after)), 1e-5 * largest) << kind;
  }
}

}  // namespace
}  // namespace retort
