#include "retort/model/network.hpp"

#include <ATen/ops/_upsample_bilinear2d_aa.h>
#include <ATen/ops/div.h>
#include <ATen/ops/sub.h>
#include <ATen/ops/tensor.h>
#include <fmt/format.h>

#include "retort/base/error.hpp"
#include "retort/model/ops/fused_conv.hpp"
#include "retort/model/ops/fused_norm.hpp"

namespace retort {
namespace {

Tensor per_channel(const std::vector<double>& values) {
  return at::tensor(values, at::kFloat).reshape({1, -1, 1, 1});
}

Tensor in_fp32(const Tensor& value) {
  return value.scalar_type() == at::kBFloat16 ? value.to(at::kFloat) : value;
}

}  // namespace

bool resizes(const Shape& from, const Shape& to) {
  return from == to || (from.size() == 3 && to.size() == 3 && from[0] == to[0]);
}

Network::Network(Model model) : model_(std::move(model)) {
  check_weights(model_, "model");
  const Graph& graph = model_.graph;
  for (const Node& node : graph.nodes()) {
    if (node.op != "conv") continue;
    channels_last_ = true;
    const std::string weight = node.name + ".weight";
    model_.weights.set(weight,
                       model_.weights.at(weight).contiguous(at::MemoryFormat::ChannelsLast));
  }
  for (const Node& node : graph.nodes()) {
    Step step{.op = &op_named(node.op), .inputs = {}, .weights = {}};
    for (const std::string& input : node.inputs) step.inputs.push_back(value_index(input));
    for (const ParameterSpec& spec : step.op->parameters(node, graph.input_shapes(node))) {
      step.weights.push_back(model_.weights.at(node.name + "." + spec.name));
    }
    steps_.push_back(std::move(step));
  }
  if (!graph.normalisation.mean.empty()) {
    mean_ = per_channel(graph.normalisation.mean);
    deviation_ = per_channel(graph.normalisation.deviation);
  }
}

NamedTensors Network::forward(const Tensor& inputs, const Names& wanted,
                              const PassMode& mode) const {
  std::vector<size_t> wanted_values;
  for (const std::string& name : wanted) wanted_values.push_back(value_index(name));
  Readers readers{.all = reader_counts(wanted_values), .left = {}};
  readers.left = readers.all;
  std::vector<Tensor> values(steps_.size() + 1);
  values[0] = prepared(inputs);
  std::vector<bool> done(steps_.size(), false);
  for (size_t i = 0; i < steps_.size(); ++i) {
    if (readers.all[i + 1] == 0 || done[i]) continue;
    const Chain chain = chain_from(i, readers, values, mode);
    values[chain.steps.back() + 1] = answer(chain, readers.all, values, mode);
    for (const size_t step : chain.steps) {
      done[step] = true;
      for (const size_t input : steps_[step].inputs) {
        if (--readers.left[input] == 0) values[input].reset();
      }
    }
  }
  NamedTensors result;
  for (size_t i = 0; i < wanted.size(); ++i) {
    result.set(wanted[i], in_fp32(values[wanted_values[i]]));
  }
  return result;
}

void Network::set_trainable(bool trainable) {
  for (const ParameterSpec& spec : parameters(model_.graph)) {
    if (spec.trained) model_.weights.at(spec.name).requires_grad_(trainable);
  }
}

size_t Network::value_index(std::string_view name) const {
  if (name == Graph::input_name) return 0;
  const bool last = name == Graph::output_name && !model_.graph.contains(name);
  return model_.graph.position(last ? model_.graph.output() : name) + 1;
}

// How often each value is read on the way to the wanted ones; being wanted counts once.
std::vector<int> Network::reader_counts(const std::vector<size_t>& wanted) const {
  std::vector<int> counts(steps_.size() + 1, 0);
  for (const size_t value : wanted) ++counts[value];
  for (size_t i = steps_.size(); i > 0; --i) {
    if (counts[i] == 0) continue;
    for (const size_t input : steps_[i - 1].inputs) ++counts[input];
  }
  return counts;
}

Tensor Network::answer(const Chain& chain, const std::vector<int>& readers,
                       const std::vector<Tensor>& values, const PassMode& mode) const {
  const size_t first = chain.steps.front();
  const Step& step = steps_[first];
  const Node& node = model_.graph.nodes()[first];
  if (chain.fused) {
    const bool norm = node.op == "batch_norm";
    const auto fused = !norm ? fused_conv : frozen_ ? frozen_norm : fused_norm;
    return fused(node, values[step.inputs[0]], step.weights,
                 chain.other ? values[*chain.other] : Tensor(), chain.relu);
  }
  std::vector<Tensor> arguments;
  for (const size_t input : step.inputs) {
    arguments.push_back(step.op->takes_bf16 ? values[input] : in_fp32(values[input]));
  }
  if (may_overwrite(step, readers)) return step.op->in_place(arguments[0]);
  return step.op->forward(node, arguments, step.weights, mode, first);
}

// Whether nobody else reads the value that the step changes in place.
bool Network::may_overwrite(const Step& step, const std::vector<int>& readers) const {
  if (step.op->in_place == nullptr || step.inputs[0] == 0) return false;
  return readers[step.inputs[0]] == 1 && steps_[step.inputs[0] - 1].op->gives_output_away;
}

Tensor Network::prepared(const Tensor& images) const {
  const Shape& wanted = model_.graph.input_shape();
  const Shape shape = images.dim() < 1 ? Shape() : images.sizes().slice(1).vec();
  if (!resizes(shape, wanted)) {
    throw Error(ExitCode::model,
                fmt::format("the model wants inputs [N, {}], got [{}]", fmt::join(wanted, ", "),
                            fmt::join(images.sizes(), ", ")));
  }
  Tensor inputs = images;
  if (shape != wanted) {
    inputs = at::_upsample_bilinear2d_aa(images, {wanted[1], wanted[2]}, /*align_corners=*/false);
  }
  const bool image = channels_last_ && inputs.dim() == 4;
  const Tensor pixels = image ? inputs.contiguous(at::MemoryFormat::ChannelsLast) : inputs;
  if (!mean_.defined()) return pixels;
  const Tensor mean = mean_.to(inputs.options());
  return at::div(at::sub(pixels, mean), deviation_.to(inputs.options()));
}

}  // namespace retort
