#include <ATen/ops/convolution.h>

#include <algorithm>
#include <optional>

#include "retort/model/ops/window.hpp"

namespace retort {
namespace {

struct Settings {
  Window window;
  std::vector<int64_t> output_padding;  // rows at the bottom, columns at the right
  int64_t out_channels, groups;
};

Settings settings_of(const Node& node, const Shape& image) {
  Settings settings{.window = window_of(node),
                    .output_padding = sizes_of(node, "output_padding", 2, 0),
                    .out_channels = integer_between(node, "out_channels", 1, 1 << 20),
                    .groups = integer_between(node, "groups", 1, 1 << 20)};
  if (image[0] % settings.groups != 0 || settings.out_channels % settings.groups != 0) {
    misfit(node, "wanted channels in {} equal groups, got {} and {}", settings.groups, image[0],
           settings.out_channels);
  }
  for (const size_t direction : {0, 1}) {
    const int64_t most =
        std::max(settings.window.stride[direction], settings.window.dilation[direction]);
    if (settings.output_padding[direction] >= most) {
      misfit(node, "wanted output_padding below the stride or the dilation ({})", most);
    }
  }
  return settings;
}

Shape shape(const Node& node, const Shapes& inputs) {
  const Shape& image = only_image(node, inputs);
  const auto& [window, output_padding, out_channels, groups] = settings_of(node, image);
  Shape result = {out_channels};
  for (const size_t direction : {0, 1}) {
    result.push_back((image[direction + 1] - 1) * window.stride[direction] +
                     window.extent(direction) - window.padding_of(direction) +
                     output_padding[direction]);
  }
  return result;
}

// About kernel / stride pixels of the input reach one of the output.
std::vector<ParameterSpec> parameters(const Node& node, const Shapes& inputs) {
  const Shape& image = only_image(node, inputs);
  const auto& [window, output_padding, out_channels, groups] = settings_of(node, image);
  const std::vector<int64_t>& kernel = window.kernel;
  const int64_t terms =
      image[0] / groups * kernel[0] * kernel[1] / (window.stride[0] * window.stride[1]);
  std::vector<ParameterSpec> specs = {
      {.name = "weight",
       .shape = {image[0], out_channels / groups, kernel[0], kernel[1]},
       .initial = Initial::fan_in,
       .fan = std::max<int64_t>(terms, 1),
       .decays = true}};
  if (integer(node, "bias") != 0) specs.push_back({.name = "bias", .shape = {out_channels}});
  return specs;
}

int64_t macs(const Node& node, const Shapes& inputs) {
  const Shape weight = parameters(node, inputs).front().shape;
  return bounded_product({element_count(inputs[0]), weight[1], weight[2], weight[3]});
}

// Padding takes rows and columns off the output.
Tensor forward(const Node& node, std::span<const Tensor> inputs, std::span<const Tensor> weights,
               const PassMode& mode, uint64_t) {
  const Tensor& image = inputs[0];
  const auto& [window, output_padding, out_channels, groups] =
      settings_of(node, image.sizes().slice(1).vec());
  const std::vector<int64_t>& padding = window.padding;
  const at::ScalarType type = mode.bf16 ? at::kBFloat16 : image.scalar_type();
  std::optional<Tensor> bias;
  if (weights.size() > 1) bias = weights[1].to(type);
  const Tensor output =
      at::convolution(image.to(type), weights[0].to(type), bias, window.stride,
                      {std::min(padding[0], padding[2]), std::min(padding[1], padding[3])},
                      window.dilation, /*transposed=*/true, output_padding, groups)
          .to(image.scalar_type());
  if (window.is_symmetric()) return output;
  const int64_t top = std::max<int64_t>(padding[0] - padding[2], 0);
  const int64_t bottom = std::max<int64_t>(padding[2] - padding[0], 0);
  const int64_t left = std::max<int64_t>(padding[1] - padding[3], 0);
  const int64_t right = std::max<int64_t>(padding[3] - padding[1], 0);
  return output.narrow(2, top, output.size(2) - top - bottom)
      .narrow(3, left, output.size(3) - left - right);
}

void to_onnx(const Node& node, const Shapes& inputs, OnnxFragment& onnx) {
  const auto& [window, output_padding, out_channels, groups] = settings_of(node, inputs[0]);
  Attributes attributes = to_onnx(window);
  attributes["group"] = groups;
  attributes["output_padding"] = output_padding;
  std::vector<std::string> words = {onnx.input(0), onnx.weight("weight")};
  if (integer(node, "bias") != 0) words.push_back(onnx.weight("bias"));
  onnx.result("ConvTranspose", words, attributes);
}

ImportedNodes from_onnx(const OnnxNode& node, const OnnxSource& source) {
  const Tensor& weight = onnx_wanted_constant(node, 1, source);
  if (weight.dim() != 4) refuse(node, "wanted a weight of 4 dimensions");
  if (node.attributes.contains("output_shape")) refuse(node, "output_shape in place of pads");
  if (onnx_text(node, "auto_pad", "NOTSET") != "NOTSET") refuse(node, "auto_pad in place of pads");
  std::vector<Tensor> weights = {weight};
  if (onnx_has(node, 2)) weights.push_back(onnx_wanted_constant(node, 2, source));
  Attributes attributes =
      window_from_onnx(node, weight.sizes().slice(2).vec(), onnx_shape(node, 0, source));
  const int64_t groups = onnx_integer(node, "group", 1);
  // Bounded before they are multiplied.
  constexpr int64_t most = 1 << 20;
  if (groups < 1 || groups > most || weight.size(1) > most) {
    refuse(node, fmt::format("{} groups of {} channels", groups, weight.size(1)));
  }
  attributes["groups"] = groups;
  attributes["output_padding"] = onnx_integers(node, "output_padding", {0, 0});
  attributes["out_channels"] = weight.size(1) * groups;
  attributes["bias"] = int64_t{weights.size() > 1};
  return imported(node, "conv_transposed", attributes, weights);
}

}  // namespace

Op conv_transposed_op() {
  return {.name = "conv_transposed",
          .help = "transposed convolution: every pixel of the input spreads over a window",
          .shape = shape,
          .parameters = parameters,
          .macs = macs,
          .forward = forward,
          .to_onnx = to_onnx,
          .onnx_types = {"ConvTranspose"},
          .from_onnx = from_onnx};
}

}  // namespace retort
