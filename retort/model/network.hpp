#pragma once

#include <string_view>
#include <vector>

#include "retort/model/model.hpp"
#include "retort/model/ops.hpp"

namespace retort {

/// Whether images of one shape, [C, H, W], can be resized to another: the channels are the same.
bool resizes(const Shape& from, const Shape& to);

/// A model that runs.
class Network {
 public:
  /// Throws Error (model) when the weights do not fit the graph.
  explicit Network(Model model);

  const Graph& graph() const { return model_.graph; }
  const NamedTensors& weights() const { return model_.weights; }
  const Model& model() const { return model_; }

  /// Runs the nodes that `wanted` needs on pixels in [0, 1], [N, C, H, W], and returns the wanted
  /// ones by node name; "logits" is the last node. Images of another size are resized first (as
  /// Pillow does it: bilinear, antialiased), then normalised. A value is freed after its last
  /// reader. A pass that trains changes the buffers (running means) in place. Throws Error (model)
  /// on an unknown name or images with other channels.
  NamedTensors forward(const Tensor& inputs, const Names& wanted, const PassMode& mode = {}) const;

  /// Whether the weights that are trained gather gradients. They do not at first.
  void set_trainable(bool trainable);

 private:
  // A node made ready: indices in place of names. Value 0 is the input, value i + 1 node i.
  struct Step {
    const Op* op;
    std::vector<size_t> inputs;
    std::vector<Tensor> weights;
  };
  size_t value_index(std::string_view name) const;
  std::vector<int> reader_counts(const std::vector<size_t>& wanted) const;
  Tensor prepared(const Tensor& inputs) const;

  Model model_;
  std::vector<Step> steps_;
  Tensor mean_, deviation_;  // [1, C, 1, 1]; undefined: pixels as they are
};

}  // namespace retort
