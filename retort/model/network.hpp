#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "retort/model/model.hpp"
#include "retort/model/ops.hpp"

namespace retort {

/// Whether images of one shape, [C, H, W], can be resized to another: the channels are the same.
bool resizes(const Shape& from, const Shape& to);

/// A model that runs. Where it has convolutions, its images and their weights lie in memory with
/// the channels of a pixel side by side (channels-last).
class Network {
 public:
  /// Throws Error (model) when the weights do not fit the graph.
  explicit Network(Model model);

  /// The model for answers only, quicker: batch norms are folded into what comes before them (see
  /// fold.hpp), a sum or a relu behind a convolution is done with it. The nodes that are left have
  /// the values that they had, within rounding. bf16: convolutions and the images between them are
  /// in bf16, the rest in fp32.
  static Network frozen(const Model& model, bool bf16);
  /// Images at a time that suit a frozen network best: more no longer lie near the processor.
  static constexpr int64_t frozen_images = 64;

  const Graph& graph() const { return model_.graph; }
  const NamedTensors& weights() const { return model_.weights; }
  const Model& model() const { return model_; }

  /// Runs the nodes that `wanted` needs on pixels in [0, 1], [N, C, H, W], and returns the wanted
  /// ones by node name, in fp32; "logits" is the last node. Images of another size are resized
  /// first (as Pillow does it: bilinear, antialiased), then normalised. A value is freed after its
  /// last reader. A pass that trains changes the buffers (running means) in place. Throws Error
  /// (model) on an unknown name or images with other channels.
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
  // Steps that are done as one: a single one, or a convolution (frozen) or a batch norm with the
  // sum and the relu behind it.
  struct Chain {
    std::vector<size_t> steps;
    bool fused = false;
    std::optional<size_t> other;  // the value that is added; a convolution overwrites it
    bool relu = false;
  };
  size_t value_index(std::string_view name) const;
  std::vector<int> reader_counts(const std::vector<size_t>& wanted) const;
  bool may_overwrite(const Step& step, const std::vector<int>& readers) const;
  struct Readers {
    std::vector<int> all, left;  // of each value in this pass, and those still to come
  };
  std::optional<size_t> only_reader(size_t step, const Readers& readers) const;
  bool can_add(size_t step, size_t other, const Readers& readers,
               const std::vector<Tensor>& values) const;
  Chain chain_from(size_t step, const Readers& readers, const std::vector<Tensor>& values,
                   const PassMode& mode) const;
  Tensor answer(const Chain& chain, const std::vector<int>& readers,
                const std::vector<Tensor>& values, const PassMode& mode) const;
  Tensor prepared(const Tensor& inputs) const;

  Model model_;
  std::vector<Step> steps_;
  Tensor mean_, deviation_;  // [1, C, 1, 1]; undefined: pixels as they are
  bool channels_last_ = false;
  bool frozen_ = false;
};

}  // namespace retort
