#include <ATen/ops/batch_norm.h>

#include "retort/model/ops/inputs.hpp"

namespace retort {
namespace {

Shape shape(const Node& node, const Shapes& inputs) {
  epsilon_of(node);
  momentum_of(node);
  if (only_input(node, inputs).empty()) misfit(node, "wanted channels to normalise");
  return inputs[0];
}

std::vector<ParameterSpec> parameters(const Node& node, const Shapes& inputs) {
  const Shape channels = {only_input(node, inputs).at(0)};
  return {{.name = "weight", .shape = channels, .initial = Initial::one},
          {.name = "bias", .shape = channels},
          {.name = "running_mean", .shape = channels, .trained = false},
          {.name = "running_var", .shape = channels, .initial = Initial::one, .trained = false}};
}

// In training with the mean and variance of this batch, which move the running ones; else with the
// running ones.
Tensor forward(const Node& node, std::span<const Tensor> inputs, std::span<const Tensor> weights,
               const PassMode& mode, uint64_t) {
  if (mode.training && inputs[0].numel() == inputs[0].size(1)) {
    misfit(node, "one value a channel has no variance to train with; wanted a larger batch");
  }
  return at::batch_norm(inputs[0], weights[0], weights[1], weights[2], weights[3], mode.training,
                        momentum_of(node), number(node, "epsilon"), /*cudnn_enabled=*/false);
}

void to_onnx(const Node& node, const Shapes&, OnnxFragment& onnx) {
  onnx.result("BatchNormalization",
              {onnx.input(0), onnx.weight("weight"), onnx.weight("bias"),
               onnx.weight("running_mean"), onnx.weight("running_var")},
              {{"epsilon", number(node, "epsilon")}});
}

ImportedNodes from_onnx(const OnnxNode& node, const OnnxSource& source) {
  const bool gives_means = source.opset < 14 && node.outputs.size() > 1;  // an inference has one
  if (onnx_integer(node, "training_mode", 0) != 0 || gives_means) {
    refuse(node, "it is in training mode; export the model for inference");
  }
  const Shape& shape = onnx_shape(node, 0, source);
  if (onnx_integer(node, "spatial", 1) != 1 && shape.size() > 1) {
    refuse(node, "it normalises every pixel for itself");
  }
  std::vector<Tensor> weights;
  for (size_t i = 1; i < 5; ++i) weights.push_back(onnx_wanted_constant(node, i, source));
  return imported(node, "batch_norm", {{"epsilon", onnx_number(node, "epsilon", 1e-5)}}, weights);
}

}  // namespace

Op batch_norm_op() {
  return {.name = "batch_norm",
          .help = "every channel to mean 0 and variance 1 over the batch, then scaled and shifted",
          .shape = shape,
          .parameters = parameters,
          .forward = forward,
          .takes_bf16 = true,
          .gives_output_away = true,
          .to_onnx = to_onnx,
          .onnx_types = {"BatchNormalization"},
          .from_onnx = from_onnx};
}

}  // namespace retort
