#include <ATen/ops/exp.h>
#include <ATen/ops/log.h>
#include <ATen/ops/pow.h>

#include <cmath>

#include "retort/model/ops/inputs.hpp"

// Powers, the exponential and the logarithm of single elements: what norms and activations are
// written with where a file has no word for them.
namespace retort {
namespace {

Shape power_shape(const Node& node, const Shapes& inputs) {
  if (!std::isfinite(number(node, "exponent"))) misfit(node, "wanted a finite exponent");
  return only_input(node, inputs);
}

Tensor power(const Node& node, std::span<const Tensor> inputs, std::span<const Tensor>,
             const PassMode&, uint64_t) {
  return at::pow(inputs[0], number(node, "exponent"));
}

void power_to_onnx(const Node& node, const Shapes&, OnnxFragment& onnx) {
  const double exponent = number(node, "exponent");
  if (exponent == 0.5) return onnx.result("Sqrt", {onnx.input(0)});
  if (exponent == -1) return onnx.result("Reciprocal", {onnx.input(0)});
  onnx.result("Pow", {onnx.input(0), onnx.constant(exponent)});
}

ImportedNodes power_from_onnx(const OnnxNode& node, const OnnxSource& source) {
  double exponent = node.op_type == "Sqrt" ? 0.5 : -1;
  if (node.op_type == "Pow") {
    const Tensor& constant = onnx_wanted_constant(node, 1, source);
    if (constant.numel() != 1) refuse(node, "wanted one number as the exponent");
    exponent = constant.item<double>();
  }
  return imported(node, "power", {{"exponent", exponent}});
}

template <Tensor (*function)(const Tensor&)>
Tensor apply(const Node&, std::span<const Tensor> inputs, std::span<const Tensor>, const PassMode&,
             uint64_t) {
  return function(inputs[0]);
}

void exponential_to_onnx(const Node&, const Shapes&, OnnxFragment& onnx) {
  onnx.result("Exp", {onnx.input(0)});
}

ImportedNodes exponential_from_onnx(const OnnxNode& node, const OnnxSource&) {
  return imported(node, "exp");
}

void logarithm_to_onnx(const Node&, const Shapes&, OnnxFragment& onnx) {
  onnx.result("Log", {onnx.input(0)});
}

ImportedNodes logarithm_from_onnx(const OnnxNode& node, const OnnxSource&) {
  return imported(node, "log");
}

}  // namespace

Op power_op() {
  return {.name = "power",
          .help = "x to the power of a number, of every element",
          .shape = power_shape,
          .forward = power,
          .to_onnx = power_to_onnx,
          .onnx_types = {"Pow", "Sqrt", "Reciprocal"},
          .from_onnx = power_from_onnx};
}

Op exp_op() {
  return {.name = "exp",
          .help = "e to the power of every element",
          .shape = same_shape,
          .forward = apply<at::exp>,
          .to_onnx = exponential_to_onnx,
          .onnx_types = {"Exp"},
          .from_onnx = exponential_from_onnx};
}

Op log_op() {
  return {.name = "log",
          .help = "the natural logarithm of every element",
          .shape = same_shape,
          .forward = apply<at::log>,
          .to_onnx = logarithm_to_onnx,
          .onnx_types = {"Log"},
          .from_onnx = logarithm_from_onnx};
}

}  // namespace retort
