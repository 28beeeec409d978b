#include "retort/model/output_bias.hpp"

#include <ATen/TensorOperators.h>
#include <ATen/ops/tensor.h>
#include <fmt/format.h>

#include "retort/base/error.hpp"
#include "retort/model/ops.hpp"

namespace retort {

Model with_output_bias(const Model& model, const std::vector<double>& biases) {
  const Node& last = model.graph.nodes().back();
  if (last.op != "linear" || integer(last, "out_features") != static_cast<int64_t>(biases.size())) {
    throw Error(ExitCode::model,
                fmt::format("{}: wanted a linear map to {} classes as the last node, to add the "
                            "biases to",
                            node_text(last), biases.size()));
  }
  Model result{Graph(model.graph.input_shape()), model.weights};
  for (Node node : model.graph.nodes()) {
    if (node.name == last.name) node.attributes["bias"] = int64_t{1};
    result.graph.add(std::move(node));
  }
  result.graph.classes = model.graph.classes;
  result.graph.normalisation = model.graph.normalisation;
  Tensor sum = at::tensor(biases, at::kDouble);
  const std::string name = last.name + ".bias";
  if (const Tensor* before = model.weights.find(name)) sum = sum + *before;
  result.weights.set(name, sum.to(at::kFloat));
  return in_graph_order(std::move(result));
}

}  // namespace retort
