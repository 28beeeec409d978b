#include <algorithm>

#include "retort/model/fold.hpp"
#include "retort/model/network.hpp"

// What a network does that only answers.
namespace retort {

Network Network::frozen(const Model& model, bool bf16) {
  Network network(folded(model));
  network.frozen_ = true;
  for (size_t i = 0; bf16 && i < network.steps_.size(); ++i) {
    if (network.model_.graph.nodes()[i].op != "conv") continue;
    for (Tensor& weight : network.steps_[i].weights) weight = weight.to(at::kBFloat16);
  }
  return network;
}

// The step that alone reads what this one gives; null where several do, or where it is wanted.
const Network::Step* Network::only_reader(size_t step, const std::vector<int>& readers) const {
  if (readers[step + 1] != 1) return nullptr;
  for (size_t i = step + 1; i < steps_.size(); ++i) {
    const std::vector<size_t>& inputs = steps_[i].inputs;
    const bool reads = std::find(inputs.begin(), inputs.end(), step + 1) != inputs.end();
    if (reads && readers[i + 1] > 0) return &steps_[i];
  }
  return nullptr;
}

Network::Chain Network::chain_from(size_t step, const std::vector<int>& readers,
                                   const std::vector<Tensor>& values) const {
  Chain chain{.steps = {step}, .other = {}};
  const std::vector<Node>& nodes = model_.graph.nodes();
  if (!frozen_ || nodes[step].op != "conv") return chain;
  const auto index = [&](const Step* one) { return static_cast<size_t>(one - steps_.data()); };
  const Step* next = only_reader(step, readers);
  if (next != nullptr && nodes[index(next)].op == "add") {
    const size_t other = next->inputs[next->inputs[0] == step + 1 ? 1 : 0];
    const Tensor& added = values[other];
    const Shape& shape = model_.graph.shape(nodes[step].name);
    const bool fits = added.defined() && added.sizes().slice(1).equals(shape) &&
                      added.scalar_type() == steps_[step].weights[0].scalar_type();
    if (!fits) return chain;
    chain.other = other;
    chain.steps.push_back(index(next));
    next = only_reader(index(next), readers);
  }
  if (next != nullptr && nodes[index(next)].op == "relu") {
    chain.relu = true;
    chain.steps.push_back(index(next));
  }
  return chain;
}

}  // namespace retort
