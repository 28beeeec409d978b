#include <ATen/ops/group_norm.h>
#include <ATen/ops/layer_norm.h>
#include <ATen/ops/ones.h>
#include <ATen/ops/zeros.h>
#include <ATen/ops/zeros_like.h>

#include "retort/model/ops/inputs.hpp"

// Norms over one sample: they answer alike in training and after it.
namespace retort {
namespace {

std::vector<ParameterSpec> scale_and_shift(const Shape& shape) {
  return {{.name = "weight", .shape = shape, .initial = Initial::one},
          {.name = "bias", .shape = shape}};
}

// The last dimensions that are normalised together.
Shape layer_of(const Node& node, const Shapes& inputs) {
  const Shape& input = only_input(node, inputs);
  const auto rank = static_cast<int64_t>(input.size());
  const int64_t dimensions = integer_between(node, "dimensions", 1, rank);
  return {input.end() - dimensions, input.end()};
}

Shape layer_norm_shape(const Node& node, const Shapes& inputs) {
  epsilon_of(node);
  layer_of(node, inputs);
  return inputs[0];
}

std::vector<ParameterSpec> layer_norm_parameters(const Node& node, const Shapes& inputs) {
  return scale_and_shift(layer_of(node, inputs));
}

Tensor layer_norm(const Node& node, std::span<const Tensor> inputs, std::span<const Tensor> weights,
                  const PassMode&, uint64_t) {
  return at::layer_norm(inputs[0], weights[0].sizes(), weights[0], weights[1], epsilon_of(node));
}

void layer_norm_to_onnx(const Node& node, const Shapes&, OnnxFragment& onnx) {
  onnx.result("LayerNormalization", {onnx.input(0), onnx.weight("weight"), onnx.weight("bias")},
              {{"axis", -integer(node, "dimensions")}, {"epsilon", epsilon_of(node)}});
}

ImportedNodes layer_norm_from_onnx(const OnnxNode& node, const OnnxSource& source) {
  const OnnxLayout& layout = onnx_layout(node, 0, source);
  const size_t first = onnx_axis(node, onnx_integer(node, "axis", -1), layout.rank());
  if (first <= layout.batch_axis) refuse(node, "it normalises over the batch of " + layout.text());
  const Tensor& weight = onnx_wanted_constant(node, 1, source);
  const Tensor bias =
      onnx_has(node, 2) ? onnx_wanted_constant(node, 2, source) : at::zeros_like(weight);
  return imported(node, "layer_norm",
                  {{"dimensions", static_cast<int64_t>(layout.rank() - first)},
                   {"epsilon", onnx_number(node, "epsilon", 1e-5)}},
                  {weight, bias});
}

Shape group_norm_shape(const Node& node, const Shapes& inputs) {
  const Shape& input = only_input(node, inputs);
  epsilon_of(node);
  const int64_t groups = integer_between(node, "groups", 1, 1 << 20);
  if (input.size() < 2 || input[0] % groups != 0) {
    misfit(node, "wanted channels in {} equal groups and pixels, got [N, {}]", groups,
           fmt::join(input, ", "));
  }
  return input;
}

std::vector<ParameterSpec> group_norm_parameters(const Node& node, const Shapes& inputs) {
  return scale_and_shift({only_input(node, inputs).at(0)});
}

Tensor group_norm(const Node& node, std::span<const Tensor> inputs, std::span<const Tensor> weights,
                  const PassMode&, uint64_t) {
  return at::group_norm(inputs[0], integer(node, "groups"), weights[0], weights[1],
                        epsilon_of(node), /*cudnn_enabled=*/false);
}

// The groups as the channels of an InstanceNormalization; GroupNormalization comes with opset 18.
void group_norm_to_onnx(const Node& node, const Shapes& inputs, OnnxFragment& onnx) {
  const Shape& input = inputs[0];
  const int64_t groups = integer(node, "groups");
  Shape whole = input;
  whole.insert(whole.begin(), 0);  // the batch as it is
  Shape beside_pixels(input.size(), 1);
  beside_pixels[0] = input[0];
  const auto form = [beside_pixels](const Tensor& weight) { return weight.reshape(beside_pixels); };
  const Shape rows = {0, groups, element_count(input) / groups};
  const std::string grouped = onnx.value("Reshape", {onnx.input(0), onnx.constant(rows)});
  const std::string one = onnx.constant(at::ones({groups}));
  const std::string zero = onnx.constant(at::zeros({groups}));
  const std::string normal =
      onnx.value("InstanceNormalization", {grouped, one, zero}, {{"epsilon", epsilon_of(node)}});
  const std::string apart = onnx.value("Reshape", {normal, onnx.constant(whole)});
  const std::string scaled = onnx.value("Mul", {apart, onnx.weight("weight", form)});
  onnx.result("Add", {scaled, onnx.weight("bias", form)});
}

// InstanceNormalization has as many groups as channels.
ImportedNodes group_norm_from_onnx(const OnnxNode& node, const OnnxSource& source) {
  const Tensor& weight = onnx_wanted_constant(node, 1, source);
  const Tensor& bias = onnx_wanted_constant(node, 2, source);
  const int64_t channels = onnx_shape(node, 0, source).at(0);
  const bool instance = node.op_type == "InstanceNormalization";
  const int64_t groups = instance ? channels : onnx_integer(node, "num_groups", 1);
  if (weight.numel() != channels) refuse(node, "wanted one scale a channel");
  return imported(node, "group_norm",
                  {{"groups", groups}, {"epsilon", onnx_number(node, "epsilon", 1e-5)}},
                  {weight, bias});
}

}  // namespace

Op layer_norm_op() {
  return {.name = "layer_norm",
          .help = "the last dimensions to mean 0 and variance 1, then scaled and shifted",
          .shape = layer_norm_shape,
          .parameters = layer_norm_parameters,
          .forward = layer_norm,
          .to_onnx = layer_norm_to_onnx,
          .onnx_types = {"LayerNormalization"},
          .from_onnx = layer_norm_from_onnx};
}

Op group_norm_op() {
  return {.name = "group_norm",
          .help = "groups of channels to mean 0 and variance 1, then scaled and shifted",
          .shape = group_norm_shape,
          .parameters = group_norm_parameters,
          .forward = group_norm,
          .to_onnx = group_norm_to_onnx,
          .onnx_types = {"InstanceNormalization", "GroupNormalization"},
          .from_onnx = group_norm_from_onnx};
}

}  // namespace retort
