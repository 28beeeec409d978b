#include "retort/model/fold.hpp"
#include "retort/model/network.hpp"
#include "retort/model/ops/fused_conv.hpp"

namespace retort {

Network Network::frozen(const Model& model, bool bf16) {
  Network network(folded(model));
  network.frozen_ = true;
  const Graph& graph = network.graph();
  for (size_t i = 0; i < network.steps_.size(); ++i) {
    const Node& node = graph.nodes()[i];
    if (node.op != "conv") continue;
    Step& step = network.steps_[i];
    step.weights = weights_for_fused_conv(node, step.weights, graph.shape(node.inputs[0]),
                                          frozen_images, bf16 ? at::kBFloat16 : at::kFloat);
  }
  return network;
}

}  // namespace retort
