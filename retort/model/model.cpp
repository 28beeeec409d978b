#include "retort/model/model.hpp"

#include <ATen/ops/full.h>
#include <ATen/ops/isfinite.h>
#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "retort/base/error.hpp"
#include "retort/base/random.hpp"

namespace retort {
namespace {

bool relu_reads(const Graph& graph, std::string_view name) {
  return std::any_of(graph.nodes().begin(), graph.nodes().end(), [&](const Node& node) {
    return node.op == "relu" &&
           std::find(node.inputs.begin(), node.inputs.end(), name) != node.inputs.end();
  });
}

double deviation(const Graph& graph, const ParameterSpec& spec) {
  const auto fan = static_cast<double>(spec.fan);
  switch (spec.initial) {
    case Initial::fan_in: {
      const std::string node = spec.name.substr(0, spec.name.rfind('.'));
      return std::sqrt((relu_reads(graph, node) ? 2.0 : 1.0) / fan);
    }
    case Initial::fan_out:
      return std::sqrt(2.0 / fan);
    case Initial::normal:
      return spec.deviation;
    case Initial::zero:
    case Initial::one:
      break;
  }
  return 0;
}

}  // namespace

NamedTensors initial_weights(const Graph& graph, uint64_t seed) {
  NamedTensors weights;
  for (const ParameterSpec& spec : parameters(graph)) {
    const double mean = spec.initial == Initial::one ? 1 : 0;
    Tensor tensor = at::full(spec.shape, mean, at::kFloat);
    if (const double spread = deviation(graph, spec); spread > 0) {
      Random random(RandomKey(seed, "weights/" + spec.name));
      float* values = tensor.data_ptr<float>();
      for (int64_t i = 0; i < tensor.numel(); ++i) {
        values[i] = static_cast<float>(spread * random.normal());
      }
    }
    weights.set(spec.name, tensor);
  }
  return weights;
}

void check_weights(const Model& model, const std::string& where) {
  const std::vector<ParameterSpec> specs = parameters(model.graph);
  std::vector<std::string> names;
  for (const ParameterSpec& spec : specs) {
    names.push_back(spec.name);
    const Tensor* tensor = model.weights.find(spec.name);
    if (tensor == nullptr) {
      throw Error(ExitCode::model, fmt::format("{}: weight '{}' ({}) is missing", where,
                                               printable(spec.name), shape_text(spec.shape)));
    }
    if (!tensor->sizes().equals(spec.shape)) {
      throw Error(ExitCode::model,
                  fmt::format("{}: weight '{}' wants shape {}, got {}", where, printable(spec.name),
                              shape_text(spec.shape), fmt::join(tensor->sizes(), "x")));
    }
    if (tensor->scalar_type() != at::kFloat) {
      throw Error(ExitCode::model,
                  fmt::format("{}: weight '{}' wants fp32, got {}", where, printable(spec.name),
                              at::toString(tensor->scalar_type())));
    }
    if (!tensor->isfinite().all().item<bool>()) {
      throw Error(ExitCode::model, fmt::format("{}: weight '{}' holds a value that is no number",
                                               where, printable(spec.name)));
    }
  }
  for (const auto& [name, tensor] : model.weights) {
    if (std::find(names.begin(), names.end(), name) == names.end()) {
      throw Error(ExitCode::model, fmt::format("{}: unexpected weight '{}'{}", where,
                                               printable(name), suggest(name, names)));
    }
  }
}

Model in_graph_order(Model model) {
  NamedTensors ordered;
  for (const ParameterSpec& spec : parameters(model.graph)) {
    ordered.set(spec.name, model.weights.at(spec.name));
  }
  model.weights = std::move(ordered);
  return model;
}

}  // namespace retort
