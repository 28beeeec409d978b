#include "retort/model/fold.hpp"

#include <ATen/TensorOperators.h>
#include <ATen/ops/sqrt.h>
#include <ATen/ops/zeros_like.h>

#include <map>

#include "retort/model/ops.hpp"

namespace retort {
namespace {

bool takes_a_norm(const Graph& graph, const Node& node) {
  if (node.op == "conv" || node.op == "conv_transposed") return true;
  // In a sequence the norm's channels are places, not features.
  return node.op == "linear" && graph.shape(node.name).size() == 1;
}

// The batch norms that can be folded, by the node whose weights they go into.
std::map<std::string, const Node*> folding(const Graph& graph) {
  std::map<std::string, int> readers;
  for (const Node& node : graph.nodes()) {
    for (const std::string& input : node.inputs) ++readers[input];
  }
  std::map<std::string, const Node*> norms;
  for (const Node& node : graph.nodes()) {
    if (node.op != "batch_norm" || node.inputs[0] == Graph::input_name) continue;
    const Node& map = graph.nodes()[graph.position(node.inputs[0])];
    if (readers[map.name] == 1 && takes_a_norm(graph, map)) norms[map.name] = &node;
  }
  return norms;
}

// Factors of the output channels in the form of the weight that they scale.
Tensor beside_weight(const Tensor& factors, const Node& map, const Tensor& weight) {
  if (map.op == "conv_transposed") {  // [in, out / groups, height, width]; groups one after another
    const int64_t groups = integer(map, "groups");
    return factors.reshape({groups, 1, -1})
        .expand({groups, weight.size(0) / groups, weight.size(1)})
        .reshape({weight.size(0), weight.size(1), 1, 1});
  }
  Shape shape(static_cast<size_t>(weight.dim()), 1);
  shape[0] = factors.numel();
  return factors.reshape(shape);
}

void add_folded(Model& result, const Model& model, Node map, const Node& norm) {
  const auto weight = [&](const Node& node, const char* name) {
    return model.weights.at(node.name + "." + name).detach().to(at::kDouble);
  };
  const Tensor factors =
      weight(norm, "weight") / at::sqrt(weight(norm, "running_var") + number(norm, "epsilon"));
  Tensor bias = at::zeros_like(factors);
  if (integer(map, "bias") != 0) bias = weight(map, "bias");
  bias = (bias - weight(norm, "running_mean")) * factors + weight(norm, "bias");
  const Tensor scaled = weight(map, "weight");
  result.weights.set(norm.name + ".weight",
                     (scaled * beside_weight(factors, map, scaled)).to(at::kFloat));
  result.weights.set(norm.name + ".bias", bias.to(at::kFloat));
  map.name = norm.name;
  map.attributes["bias"] = int64_t{1};
  result.graph.add(std::move(map));
}

}  // namespace

Model folded(const Model& model) {
  const Graph& graph = model.graph;
  const std::map<std::string, const Node*> norms = folding(graph);
  Model result{Graph(graph.input_shape()), {}};
  result.graph.classes = graph.classes;
  result.graph.normalisation = graph.normalisation;
  for (const Node& node : graph.nodes()) {
    if (norms.contains(node.name)) continue;  // comes in the place of its norm
    if (node.op == "batch_norm" && norms.contains(node.inputs[0])) {
      add_folded(result, model, graph.nodes()[graph.position(node.inputs[0])], node);
      continue;
    }
    for (const ParameterSpec& spec : op_named(node.op).parameters(node, graph.input_shapes(node))) {
      const std::string name = node.name + "." + spec.name;
      result.weights.set(name, model.weights.at(name));
    }
    result.graph.add(node);
  }
  return result;
}

}  // namespace retort
