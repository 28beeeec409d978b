#pragma once

#include "retort/model/model.hpp"
#include "retort/model/model_file.hpp"
#include "tests/golden/golden.hpp"

/// The cases of tools/golden/ops.py: a small graph for every op, which is its last node.
namespace retort::golden {

struct OpCase {
  std::string name;  // "conv/strided"
  Model model;
  bool training;
  Tensor inputs;  // two samples

  std::string op() const { return name.substr(0, name.find('/')); }
  const Node& node() const { return model.graph.nodes().back(); }
};

inline std::vector<OpCase> op_cases(const Safetensors& golden) {
  constexpr std::string_view prefix = "graph/";
  std::vector<OpCase> cases;
  for (const auto& [key, text] : golden.metadata) {
    if (!key.starts_with(prefix)) continue;
    OpCase one{.name = key.substr(prefix.size()),
               .model = {graph_from_json(text), {}},
               .training = key.ends_with("/training"),
               .inputs = {}};
    uint64_t seed = 10;
    for (const ParameterSpec& spec : parameters(one.model.graph)) {
      const bool variance = spec.name.ends_with("running_var");
      const Tensor values =
          pattern(seed++, spec.shape, variance ? 0.5 : -1, variance ? 1.5 : 1).to(at::kFloat);
      one.model.weights.set(spec.name, values);
    }
    Shape shape = one.model.graph.input_shape();
    shape.insert(shape.begin(), 2);
    one.inputs = pattern(1, shape, -2, 2).to(at::kFloat);
    cases.push_back(std::move(one));
  }
  return cases;
}

}  // namespace retort::golden
