#include "retort/train/trainable.hpp"

#include "retort/predict/predictor.hpp"

namespace retort {

NamedTensors Trainable::state() {
  NamedTensors tensors;
  for (const Parameter& parameter : parameters()) tensors.set(parameter.name, parameter.value);
  return tensors;
}

std::function<Tensor(const Tensor&)> Trainable::measured_logits() {
  return [this](const Tensor& images) { return forward(images, {"logits"}, {}).at("logits"); };
}

// Frozen as it is when it is measured after the training: the same answers, more quickly.
std::function<Tensor(const Tensor&)> TrainableNetwork::measured_logits() {
  return [predictor = NetworkPredictor(model())](const Tensor& images) {
    return predictor.predict(images, {"logits"}).at("logits");
  };
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
