#include <ATen/TensorOperators.h>
#include <ATen/ops/avg_pool3d.h>
#include <ATen/ops/constant_pad_nd.h>
#include <ATen/ops/div.h>
#include <ATen/ops/pow.h>

#include <cmath>

#include "retort/model/ops/inputs.hpp"

namespace retort {
namespace {

struct Settings {
  int64_t size;
  double alpha, beta, offset;
};

Settings settings_of(const Node& node) {
  const Settings settings{.size = integer_between(node, "size", 1, 1 << 20),
                          .alpha = number(node, "alpha"),
                          .beta = number(node, "beta"),
                          .offset = number(node, "offset")};
  if (!(settings.alpha >= 0 && settings.beta >= 0 && settings.offset > 0) ||
      !std::isfinite(settings.alpha + settings.beta + settings.offset)) {
    misfit(node, "wanted alpha and beta from 0 on and an offset above 0");
  }
  return settings;
}

Shape shape(const Node& node, const Shapes& inputs) {
  settings_of(node);
  return only_image(node, inputs);
}

// x / (offset + alpha * mean of x^2 over `size` channels around it)^beta (Krizhevsky et al. 2012);
// beyond the first and last channel are zeros, which count.
Tensor forward(const Node& node, std::span<const Tensor> inputs, std::span<const Tensor>,
               const PassMode&, uint64_t) {
  const Settings settings = settings_of(node);
  const int64_t before = (settings.size - 1) / 2;
  const Tensor squares = at::constant_pad_nd(at::pow(inputs[0], 2).unsqueeze(1),
                                             {0, 0, 0, 0, before, settings.size - 1 - before}, 0);
  const Tensor mean = at::avg_pool3d(squares, {settings.size, 1, 1}, {1, 1, 1}).squeeze(1);
  return at::div(inputs[0], at::pow(mean * settings.alpha + settings.offset, settings.beta));
}

void to_onnx(const Node& node, const Shapes&, OnnxFragment& onnx) {
  const Settings settings = settings_of(node);
  onnx.result("LRN", {onnx.input(0)},
              {{"size", settings.size},
               {"alpha", settings.alpha},
               {"beta", settings.beta},
               {"bias", settings.offset}});
}

ImportedNodes from_onnx(const OnnxNode& node, const OnnxSource& source) {
  onnx_shape(node, 0, source);
  return imported(node, "local_response_norm",
                  {{"size", onnx_integer(node, "size", 0)},
                   {"alpha", onnx_number(node, "alpha", 1e-4)},
                   {"beta", onnx_number(node, "beta", 0.75)},
                   {"offset", onnx_number(node, "bias", 1.0)}});
}

}  // namespace

Op local_response_norm_op() {
  return {.name = "local_response_norm",
          .help = "every element divided by a power of its neighbours' in other channels",
          .shape = shape,
          .forward = forward,
          .to_onnx = to_onnx,
          .onnx_types = {"LRN"},
          .from_onnx = from_onnx};
}

}  // namespace retort
