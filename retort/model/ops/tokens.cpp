#include <ATen/ops/cat.h>
#include <ATen/ops/zeros.h>

#include "retort/model/ops/inputs.hpp"

namespace retort {
namespace {

const Shape& sequence_of(const Node& node, const Shapes& inputs) {
  const Shape& input = only_input(node, inputs);
  if (input.size() != 2) {
    misfit(node, "wanted a sequence [N, length, features], got [N, {}]", fmt::join(input, ", "));
  }
  return input;
}

Shape shape(const Node& node, const Shapes& inputs) {
  const Shape& input = sequence_of(node, inputs);
  return {integer_between(node, "count", 1, 1 << 20) + input[0], input[1]};
}

std::vector<ParameterSpec> parameters(const Node& node, const Shapes& inputs) {
  return {{.name = "weight",
           .shape = {integer(node, "count"), sequence_of(node, inputs)[1]},
           .initial = Initial::normal,
           .deviation = 0.02}};
}

Tensor forward(const Node&, std::span<const Tensor> inputs, std::span<const Tensor> weights,
               const PassMode&, uint64_t) {
  const Tensor& input = inputs[0];
  const Tensor tokens = weights[0].unsqueeze(0).expand({input.size(0), -1, -1});
  return at::cat({tokens, input}, 1);
}

// Rows of zeros in front, to which the tokens are added: no shape of a batch is needed.
void to_onnx(const Node& node, const Shapes& inputs, OnnxFragment& onnx) {
  const Shape sequence = inputs[0];
  const std::vector<int64_t> pads = {0, integer(node, "count"), 0, 0, 0, 0};
  const auto with_zeros_behind = [sequence](const Tensor& tokens) {
    return at::cat({tokens, at::zeros(sequence, tokens.options())}, 0);
  };
  onnx.result("Add", {onnx.value("Pad", {onnx.input(0), onnx.constant(pads)}),
                      onnx.weight("weight", with_zeros_behind)});
}

}  // namespace

Op tokens_op() {
  return {.name = "tokens",
          .help = "learned rows before a sequence: the class token of a transformer",
          .shape = shape,
          .parameters = parameters,
          .forward = forward,
          .to_onnx = to_onnx};
}

}  // namespace retort
