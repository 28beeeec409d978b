#include <algorithm>

#include "retort/model/network.hpp"
#include "retort/model/ops/fused_norm.hpp"

// Which steps of a network are done as one.
namespace retort {

// The step that alone reads what this one gives; none where several do, or where it is wanted.
std::optional<size_t> Network::only_reader(size_t step, const Readers& readers) const {
  if (readers.all[step + 1] != 1) return std::nullopt;
  for (size_t i = step + 1; i < steps_.size(); ++i) {
    const std::vector<size_t>& inputs = steps_[i].inputs;
    const bool reads = std::find(inputs.begin(), inputs.end(), step + 1) != inputs.end();
    if (reads && readers.all[i + 1] > 0) return i;
  }
  return std::nullopt;
}

// Whether a value can be added while the step is done: it is there, of the same shape and type; and
// a convolution, which adds to it in its place, is the last to need it.
bool Network::can_add(size_t step, size_t other, const Readers& readers,
                      const std::vector<Tensor>& values) const {
  const Tensor& value = values[other];
  const at::ScalarType type = frozen_ ? steps_[step].weights[0].scalar_type()
                                      : values[steps_[step].inputs[0]].scalar_type();
  const Shape& shape = model_.graph.shape(model_.graph.nodes()[step].name);
  if (!value.defined() || value.scalar_type() != type || !value.sizes().slice(1).equals(shape)) {
    return false;
  }
  if (!value.is_contiguous(at::MemoryFormat::ChannelsLast)) return false;
  if (!frozen_) return true;
  if (other == 0 || readers.left[other] != 1) return false;
  const Op& giver = *steps_[other - 1].op;
  return giver.gives_output_away || giver.in_place != nullptr;
}

Network::Chain Network::chain_from(size_t step, const Readers& readers,
                                   const std::vector<Tensor>& values, const PassMode& mode) const {
  Chain chain{.steps = {step}, .other = {}};
  const std::vector<Node>& nodes = model_.graph.nodes();
  const bool norm = nodes[step].op == "batch_norm";
  chain.fused = norm
                    ? (frozen_ || mode.training) && fused_norm_takes(values[steps_[step].inputs[0]])
                    : frozen_ && nodes[step].op == "conv";
  if (!chain.fused) return chain;
  std::optional<size_t> next = only_reader(step, readers);
  // A frozen norm that was not folded stands before a convolution: no sum is behind it.
  if (next && nodes[*next].op == "add" && !(norm && frozen_)) {
    const size_t other = steps_[*next].inputs[steps_[*next].inputs[0] == step + 1 ? 1 : 0];
    if (!can_add(step, other, readers, values)) return chain;
    chain.other = other;
    chain.steps.push_back(*next);
    next = only_reader(*next, readers);
  }
  if (next && nodes[*next].op == "relu") {
    chain.relu = true;
    chain.steps.push_back(*next);
  }
  return chain;
}

}  // namespace retort
