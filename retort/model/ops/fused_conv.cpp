#include "retort/model/ops/fused_conv.hpp"

#include <ATen/core/List.h>
#include <ATen/core/dispatch/Dispatcher.h>
#include <ATen/ops/convolution.h>
#include <ATen/ops/mkldnn_reorder_conv2d_weight.h>
#include <ATen/ops/relu.h>

#include <optional>

#include "retort/model/ops/product_conv.hpp"

namespace retort {
namespace {

using Scalars = c10::List<std::optional<at::Scalar>>;
using Word = std::optional<c10::string_view>;
using PlainConv = Tensor(const Tensor&, const Tensor&, const std::optional<Tensor>&,
                         at::IntArrayRef, at::IntArrayRef, at::IntArrayRef, int64_t,
                         c10::string_view, Scalars, Word);
using ConvOntoSum = Tensor&(Tensor&, const Tensor&, const Tensor&, const std::optional<Tensor>&,
                            at::IntArrayRef, at::IntArrayRef, at::IntArrayRef, int64_t,
                            c10::string_view, std::optional<at::Scalar>, Word, Scalars, Word);

// LibTorch registers oneDNN's fused convolutions by name; builds without oneDNN have none.
struct OneDnn {
  std::optional<c10::OperatorHandle> conv, conv_onto_sum;
  explicit operator bool() const { return conv && conv_onto_sum; }
};

const OneDnn& one_dnn() {
  c10::Dispatcher& dispatcher = c10::Dispatcher::singleton();
  static const OneDnn operators{
      dispatcher.findSchema({"mkldnn::_convolution_pointwise", ""}),
      dispatcher.findSchema({"mkldnn::_convolution_pointwise_", "binary"})};
  return operators;
}

// What oneDNN cannot pad is padded before.
std::vector<int64_t> padding_of(const Window& window) {
  if (window.is_symmetric()) return {window.padding[0], window.padding[1]};
  return {0, 0};
}

Shape padded_shape(const Shape& image, const Window& window) {
  if (window.is_symmetric()) return image;
  return {image[0], image[1] + window.padding_of(0), image[2] + window.padding_of(1)};
}

bool is_product(const Node& node, const Shape& image, at::ScalarType type) {
  return type == at::kBFloat16 &&
         product_conv_takes(image, window_of(node), integer(node, "groups"));
}

}  // namespace

std::vector<Tensor> weights_for_fused_conv(const Node& node, std::span<const Tensor> weights,
                                           const Shape& image, int64_t images,
                                           at::ScalarType type) {
  const Window window = window_of(node);
  std::vector<Tensor> result;
  for (const Tensor& weight : weights) result.push_back(weight.to(type));
  if (is_product(node, image, type)) {
    result[0] = flat_weight(result[0]);
  } else if (one_dnn()) {
    Shape input = padded_shape(image, window);
    input.insert(input.begin(), images);
    result[0] = at::mkldnn_reorder_conv2d_weight(result[0].contiguous().to_mkldnn(),
                                                 padding_of(window), window.stride, window.dilation,
                                                 integer(node, "groups"), input);
  }
  return result;
}

Tensor fused_conv(const Node& node, const Tensor& image, std::span<const Tensor> weights,
                  const Tensor& sum, bool relu) {
  const Window window = window_of(node);
  const Tensor input = (window.is_symmetric() ? image : padded(image, window.padding, 0))
                           .to(weights[0].scalar_type());
  const std::vector<int64_t> padding = padding_of(window);
  const std::optional<Tensor> bias = weights.size() > 1 ? std::optional(weights[1]) : std::nullopt;
  const int64_t groups = integer(node, "groups");
  const bool product = is_product(node, image.sizes().slice(1).vec(), weights[0].scalar_type());
  if (product || !one_dnn()) {
    Tensor output =
        product ? product_conv_by_flat(input, weights[0], bias, window)
                : at::convolution(input, weights[0], bias, window.stride, padding, window.dilation,
                                  /*transposed=*/false, /*output_padding=*/{0, 0}, groups);
    if (sum.defined()) output.add_(sum);
    return relu ? at::relu_(output) : output;
  }
  if (!sum.defined()) {
    return one_dnn().conv->typed<PlainConv>().call(input, weights[0], bias, padding, window.stride,
                                                   window.dilation, groups, relu ? "relu" : "none",
                                                   Scalars(), "");
  }
  Tensor result = sum;
  return one_dnn().conv_onto_sum->typed<ConvOntoSum>().call(
      result, input, weights[0], bias, padding, window.stride, window.dilation, groups, "add", 1.0,
      relu ? Word("relu") : std::nullopt, Scalars(), "");
}

}  // namespace retort
