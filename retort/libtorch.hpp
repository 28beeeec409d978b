#pragma once

#include <torch/torch.h>

#include <functional>
#include <memory>
#include <utility>

#include "retort/train/train.hpp"

namespace retort {

/// A torch::nn::Module of yours as the student of `train`. It is the only header that brings all of
/// LibTorch; nothing in retort includes it.
class TrainableModule : public Trainable {
 public:
  /// forward: [N, C, H, W] pixels in [0, 1] to logits [N, classes]; it usually calls the module.
  TrainableModule(std::shared_ptr<torch::nn::Module> module,
                  std::function<Tensor(const Tensor& images)> forward)
      : module_(std::move(module)), forward_(std::move(forward)) {}

  /// Answers "logits" alone. Throws Error (model) for another name.
  NamedTensors forward(const Tensor& images, const Names& wanted, const PassMode& mode) override {
    module_->train(mode.training);
    const NamedTensors values = {{"logits", forward_(images)}};
    NamedTensors result;
    for (const std::string& name : wanted) result.set(name, values.at(name));
    return result;
  }

  /// Vectors (biases, norms) do not decay.
  std::vector<Parameter> parameters() override {
    std::vector<Parameter> result;
    for (const auto& named : module_->named_parameters()) {
      result.push_back({named.key(), named.value(), named.value().dim() > 1});
    }
    return result;
  }

  NamedTensors state() override {
    NamedTensors tensors = Trainable::state();
    for (const auto& named : module_->named_buffers()) tensors.set(named.key(), named.value());
    return tensors;
  }

 private:
  std::shared_ptr<torch::nn::Module> module_;
  std::function<Tensor(const Tensor& images)> forward_;
};

}  // namespace retort
