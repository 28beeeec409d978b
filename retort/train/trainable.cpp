#include "retort/train/trainable.hpp"

namespace retort {

NamedTensors Trainable::state() {
  NamedTensors tensors;
  for (const Parameter& parameter : parameters()) tensors.set(parameter.name, parameter.value);
  return tensors;
}

std::vector<Parameter> TrainableNetwork::parameters() {
  std::vector<Parameter> result;
  for (const ParameterSpec& spec : retort::parameters(network_.graph())) {
    if (!spec.trained) continue;
    result.push_back({spec.name, network_.weights().at(spec.name), spec.decays});
  }
  return result;
}

Model TrainableNetwork::model() const {
  Model frozen{network_.graph(), {}};
  for (const auto& [name, tensor] : network_.weights()) {
    frozen.weights.set(name, tensor.detach().clone());
  }
  return frozen;
}

}  // namespace retort
