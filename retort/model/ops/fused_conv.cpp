#include "retort/model/ops/fused_conv.hpp"

#include <ATen/core/List.h>
#include <ATen/core/dispatch/Dispatcher.h>
#include <ATen/ops/convolution.h>
#include <ATen/ops/relu.h>

#include <optional>

#include "retort/model/ops/window.hpp"

namespace retort {
namespace {

using Scalars = c10::List<std::optional<at::Scalar>>;
using Word = std::optional<c10::string_view>;
using PlainConv = Tensor(const Tensor&, const Tensor&, const std::optional<Tensor>&,
                         at::IntArrayRef, at::IntArrayRef, at::IntArrayRef, int64_t,
                         c10::string_view, Scalars, Word);
using ConvWithSum = Tensor(const Tensor&, const Tensor&, const Tensor&,
                           const std::optional<Tensor>&, at::IntArrayRef, at::IntArrayRef,
                           at::IntArrayRef, int64_t, c10::string_view, std::optional<at::Scalar>,
                           Word, Scalars, Word);

// LibTorch registers oneDNN's fused convolutions by name; builds without oneDNN have none.
std::optional<c10::OperatorHandle> operator_of(const char* overload) {
  return c10::Dispatcher::singleton().findSchema({"mkldnn::_convolution_pointwise", overload});
}

}  // namespace

Tensor fused_conv(const Node& node, const Tensor& image, std::span<const Tensor> weights,
                  const Tensor* other, bool relu) {
  static const std::optional<c10::OperatorHandle> conv = operator_of("");
  static const std::optional<c10::OperatorHandle> conv_plus = operator_of("binary");
  const Window window = window_of(node);
  const bool symmetric = window.is_symmetric();
  const Tensor input =
      (symmetric ? image : padded(image, window.padding, 0)).to(weights[0].scalar_type());
  const std::vector<int64_t> padding = {symmetric ? window.padding[0] : 0,
                                        symmetric ? window.padding[1] : 0};
  const std::optional<Tensor> bias = weights.size() > 1 ? std::optional(weights[1]) : std::nullopt;
  const int64_t groups = integer(node, "groups");
  if (conv && conv_plus) {
    if (other == nullptr) {
      return conv->typed<PlainConv>().call(input, weights[0], bias, padding, window.stride,
                                           window.dilation, groups, relu ? "relu" : "none",
                                           Scalars(), "");
    }
    return conv_plus->typed<ConvWithSum>().call(input, *other, weights[0], bias, padding,
                                                window.stride, window.dilation, groups, "add", 1.0,
                                                relu ? Word("relu") : std::nullopt, Scalars(), "");
  }
  Tensor output = at::convolution(input, weights[0], bias, window.stride, padding, window.dilation,
                                  /*transposed=*/false, /*output_padding=*/{0, 0}, groups);
  if (other != nullptr) output.add_(*other);
  return relu ? at::relu_(output) : output;
}

}  // namespace retort
