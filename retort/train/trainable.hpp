#pragma once

#include <functional>
#include <vector>

#include "retort/model/network.hpp"
#include "retort/train/optimiser.hpp"

namespace retort {

/// What the trainer needs of a model. A torch::nn::Module fits with a few lines: see
/// retort/libtorch.hpp.
class Trainable {
 public:
  virtual ~Trainable() = default;
  /// images: [N, C, H, W], pixels in [0, 1]. The name "logits" always works.
  virtual NamedTensors forward(const Tensor& images, const Names& wanted, const PassMode& mode) = 0;
  virtual std::vector<Parameter> parameters() = 0;
  /// Every tensor that a training changes, itself and not a copy: the parameters, and what else
  /// the model keeps (running means). A checkpoint holds them.
  virtual NamedTensors state();
  /// What answers images with their logits while the weights stay as they are: to measure the model
  /// between two steps.
  virtual std::function<Tensor(const Tensor& images)> measured_logits();
};

/// A network of ours that is trained in place.
class TrainableNetwork : public Trainable {
 public:
  /// Throws Error (model) when the weights do not fit the graph.
  explicit TrainableNetwork(Model model) : network_(std::move(model)) {
    network_.set_trainable(true);
  }
  NamedTensors forward(const Tensor& images, const Names& wanted, const PassMode& mode) override {
    return network_.forward(images, wanted, mode);
  }
  std::vector<Parameter> parameters() override;
  NamedTensors state() override { return network_.weights(); }
  std::function<Tensor(const Tensor& images)> measured_logits() override;
  /// The model with the weights as they are now, frozen.
  Model model() const;

 private:
  Network network_;
};

}  // namespace retort
