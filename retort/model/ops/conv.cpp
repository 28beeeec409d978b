#include <ATen/ops/convolution.h>

#include <optional>

#include "retort/model/ops/product_conv.hpp"

namespace retort {
namespace {

int64_t groups_of(const Node& node, const Shape& image) {
  const int64_t groups = integer_between(node, "groups", 1, 1 << 20);
  const int64_t out = integer_between(node, "out_channels", 1, 1 << 20);
  if (image[0] % groups != 0 || out % groups != 0) {
    misfit(node, "wanted channels in {} equal groups, got {} and {}", groups, image[0], out);
  }
  return groups;
}

Shape shape(const Node& node, const Shapes& inputs) {
  const Shape& image = only_image(node, inputs);
  const Window window = window_of(node);
  groups_of(node, image);
  return {integer(node, "out_channels"), window.places(node, image, 0),
          window.places(node, image, 1)};
}

// He et al. 2015 as the networks of the papers begin: normal, variance 2 / (kernel * out_channels).
std::vector<ParameterSpec> parameters(const Node& node, const Shapes& inputs) {
  const Shape& image = only_image(node, inputs);
  const int64_t out = integer(node, "out_channels");
  const std::vector<int64_t> kernel = window_of(node).kernel;
  std::vector<ParameterSpec> specs = {
      with_start(node, {.name = "weight",
                        .shape = {out, image[0] / groups_of(node, image), kernel[0], kernel[1]},
                        .initial = Initial::fan_out,
                        .fan = out * kernel[0] * kernel[1],
                        .decays = true})};
  if (integer(node, "bias") != 0) specs.push_back({.name = "bias", .shape = {out}});
  return specs;
}

int64_t macs(const Node& node, const Shapes& inputs) {
  const Shape weight = parameters(node, inputs).front().shape;
  return bounded_product({element_count(shape(node, inputs)), weight[1], weight[2], weight[3]});
}

Tensor forward(const Node& node, std::span<const Tensor> inputs, std::span<const Tensor> weights,
               const PassMode& mode, uint64_t) {
  const Window window = window_of(node);
  const bool symmetric = window.is_symmetric();
  const Tensor image = symmetric ? inputs[0] : padded(inputs[0], window.padding, 0);
  const std::vector<int64_t> padding = {symmetric ? window.padding[0] : 0,
                                        symmetric ? window.padding[1] : 0};
  const int64_t groups = integer(node, "groups");
  // Few products a pixel gain nothing, and some gradients of groups are very slow in bf16.
  const bool bf16 = mode.bf16 && groups == 1;
  const at::ScalarType type = bf16 ? at::kBFloat16 : weights[0].scalar_type();
  std::optional<Tensor> bias;
  if (weights.size() > 1) bias = weights[1].to(type);
  if (bf16 && image.is_contiguous(at::MemoryFormat::ChannelsLast) &&
      product_conv_takes(image.sizes().slice(1).vec(), window, groups)) {
    return product_conv(image.to(type), weights[0].to(type), bias, window);
  }
  return at::convolution(image.to(type), weights[0].to(type), bias, window.stride, padding,
                         window.dilation, /*transposed=*/false, /*output_padding=*/{0, 0}, groups);
}

void to_onnx(const Node& node, const Shapes&, OnnxFragment& onnx) {
  Attributes attributes = to_onnx(window_of(node));
  attributes["group"] = integer(node, "groups");
  std::vector<std::string> words = {onnx.input(0), onnx.weight("weight")};
  if (integer(node, "bias") != 0) words.push_back(onnx.weight("bias"));
  onnx.result("Conv", words, attributes);
}

ImportedNodes from_onnx(const OnnxNode& node, const OnnxSource& source) {
  const Tensor& weight = onnx_wanted_constant(node, 1, source);
  if (weight.dim() != 4) refuse(node, "wanted a weight of 4 dimensions");
  std::vector<Tensor> weights = {weight};
  if (onnx_has(node, 2)) weights.push_back(onnx_wanted_constant(node, 2, source));
  Attributes attributes =
      window_from_onnx(node, weight.sizes().slice(2).vec(), onnx_shape(node, 0, source));
  attributes["groups"] = onnx_integer(node, "group", 1);
  attributes["out_channels"] = weight.size(0);
  attributes["bias"] = int64_t{weights.size() > 1};
  return imported(node, "conv", attributes, weights);
}

}  // namespace

Op conv_op() {
  return {.name = "conv",
          .help = "convolution of an image, in groups of channels",
          .shape = shape,
          .parameters = parameters,
          .macs = macs,
          .forward = forward,
          .takes_bf16 = true,
          .gives_output_away = true,
          .to_onnx = to_onnx,
          .onnx_types = {"Conv"},
          .from_onnx = from_onnx};
}

}  // namespace retort
