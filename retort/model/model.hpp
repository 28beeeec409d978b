#pragma once

#include <cstdint>

#include "retort/model/graph.hpp"
#include "retort/tensor/named_tensors.hpp"

namespace retort {

/// A graph with its weights: a whole model.
struct Model {
  Graph graph;
  NamedTensors weights;  // fp32, in the order of parameters(graph)
  /// What was read otherwise than the file has it, a line each: a softmax left out.
  std::vector<std::string> remarks = {};
};

/// Fresh weights as ParameterSpec::initial says, a function of (seed, name of the weight). With
/// fan_in the variance is 2 / fan where a relu reads the node (He et al. 2015, "Delving deep into
/// rectifiers"), 1 / fan elsewhere (LeCun et al. 1998, "Efficient BackProp").
NamedTensors initial_weights(const Graph& graph, uint64_t seed);

/// Throws Error (model) when weights are missing, unexpected, of another shape or no finite
/// numbers; `where` opens the message.
void check_weights(const Model& model, const std::string& where);

/// The same model with its weights in the order of parameters(graph); they must fit.
Model in_graph_order(Model model);

}  // namespace retort
