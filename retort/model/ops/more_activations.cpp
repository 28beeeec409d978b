#include <ATen/ops/clamp.h>
#include <ATen/ops/elu.h>
#include <ATen/ops/prelu.h>
#include <ATen/ops/softplus.h>

#include <cmath>
#include <limits>

#include "retort/model/ops/inputs.hpp"

// Activations with settings or weights that mostly older networks have.
namespace retort {
namespace {

constexpr double largest = std::numeric_limits<float>::max();

Shape clip_shape(const Node& node, const Shapes& inputs) {
  const double least = number(node, "least"), most = number(node, "most");
  if (!(least <= most && std::abs(least) <= largest && std::abs(most) <= largest)) {
    misfit(node, "wanted finite bounds in order, got {} and {}", least, most);
  }
  return only_input(node, inputs);
}

Tensor clip(const Node& node, std::span<const Tensor> inputs, std::span<const Tensor>,
            const PassMode&, uint64_t) {
  return at::clamp(inputs[0], number(node, "least"), number(node, "most"));
}

void clip_to_onnx(const Node& node, const Shapes&, OnnxFragment& onnx) {
  onnx.result("Clip", {onnx.input(0), onnx.constant(number(node, "least")),
                       onnx.constant(number(node, "most"))});
}

// The largest or smallest of a value and a number: a bound on one side.
ImportedNodes one_sided(const OnnxNode& node, const OnnxSource& source) {
  OnnxNode turned = node;
  if (onnx_constant(node, 0, source) != nullptr && node.inputs.size() == 2) {
    std::swap(turned.inputs[0], turned.inputs[1]);
  }
  const Tensor* bound = onnx_constant(turned, 1, source);
  if (turned.inputs.size() != 2 || bound == nullptr || bound->numel() != 1) {
    refuse(node, "wanted a value and a number");
  }
  const double number = bound->item<double>();
  const bool is_least = node.op_type == "Max";
  if (is_least && number == 0) return imported(turned, "relu");
  ImportedNodes nodes =
      imported(turned, "clip",
               {{"least", is_least ? number : -largest}, {"most", is_least ? largest : number}});
  nodes[0].layout = source.layouts.at(turned.inputs[0] == node.inputs[0] ? 0 : 1);
  return nodes;
}

// Up to opset 10 the bounds are attributes.
ImportedNodes clip_from_onnx(const OnnxNode& node, const OnnxSource& source) {
  if (node.op_type != "Clip") return one_sided(node, source);
  const double least = std::max(onnx_number_or_input(node, "min", 1, -largest, source), -largest);
  const double most = std::min(onnx_number_or_input(node, "max", 2, largest, source), largest);
  constexpr double unbounded = 3e38;
  if (least == 0 && most == 6) return imported(node, "relu6");
  if (least == 0 && most > unbounded) return imported(node, "relu");
  return imported(node, "clip", {{"least", least}, {"most", most}});
}

Shape elu_shape(const Node& node, const Shapes& inputs) {
  const double alpha = number(node, "alpha");
  if (!(alpha >= 0 && std::isfinite(alpha))) misfit(node, "wanted an alpha from 0 on");
  return only_input(node, inputs);
}

Tensor elu(const Node& node, std::span<const Tensor> inputs, std::span<const Tensor>,
           const PassMode&, uint64_t) {
  return at::elu(inputs[0], number(node, "alpha"));
}

void elu_to_onnx(const Node& node, const Shapes&, OnnxFragment& onnx) {
  onnx.result("Elu", {onnx.input(0)}, {{"alpha", number(node, "alpha")}});
}

// Selu is gamma times an Elu (Klambauer et al. 2017).
ImportedNodes elu_from_onnx(const OnnxNode& node, const OnnxSource&) {
  const bool scaled = node.op_type == "Selu";
  const double alpha = onnx_number(node, "alpha", scaled ? 1.67326319217681884765625 : 1.0);
  ImportedNodes nodes = imported(node, "elu", {{"alpha", alpha}});
  if (!scaled) return nodes;
  const double gamma = onnx_number(node, "gamma", 1.05070102214813232421875);
  const std::string inner = node.outputs.at(0) + ".elu";
  nodes[0].node.name = inner;
  nodes.push_back({{node.outputs[0], "scale", {inner}, {{"factor", gamma}, {"offset", 0.0}}}, {}});
  return nodes;
}

Tensor softplus(const Node&, std::span<const Tensor> inputs, std::span<const Tensor>,
                const PassMode&, uint64_t) {
  return at::softplus(inputs[0]);
}

void softplus_to_onnx(const Node&, const Shapes&, OnnxFragment& onnx) {
  onnx.result("Softplus", {onnx.input(0)});
}

ImportedNodes softplus_from_onnx(const OnnxNode& node, const OnnxSource&) {
  return imported(node, "softplus");
}

Shape prelu_shape(const Node& node, const Shapes& inputs) {
  if (only_input(node, inputs).empty()) misfit(node, "wanted channels");
  return inputs[0];
}

std::vector<ParameterSpec> prelu_parameters(const Node& node, const Shapes& inputs) {
  return {{.name = "weight", .shape = {prelu_shape(node, inputs)[0]}}};  // begins as a relu
}

Tensor prelu(const Node&, std::span<const Tensor> inputs, std::span<const Tensor> weights,
             const PassMode&, uint64_t) {
  return at::prelu(inputs[0], weights[0]);
}

void prelu_to_onnx(const Node&, const Shapes& inputs, OnnxFragment& onnx) {
  Shape beside_pixels(inputs[0].size(), 1);
  beside_pixels[0] = inputs[0][0];
  const auto form = [beside_pixels](const Tensor& weight) { return weight.reshape(beside_pixels); };
  onnx.result("PRelu", {onnx.input(0), onnx.weight("weight", form)});
}

ImportedNodes prelu_from_onnx(const OnnxNode& node, const OnnxSource& source) {
  const Shape& shape = onnx_shape(node, 0, source);
  const Tensor& slope = onnx_wanted_constant(node, 1, source);
  // Dimensions are counted from the last one: [C] beside [N, C, H, W] would be a slope a column.
  bool fits = static_cast<size_t>(slope.dim()) >= shape.size();
  for (size_t i = 1; fits && i <= static_cast<size_t>(slope.dim()); ++i) {
    const int64_t wanted = i == shape.size() ? shape.at(0) : 1;
    fits = slope.size(-static_cast<int64_t>(i)) == wanted;
  }
  if (slope.numel() != 1 && !fits) {
    refuse(node, fmt::format("wanted one slope a channel beside [N, {}], got [{}]",
                             fmt::join(shape, ", "), fmt::join(slope.sizes(), ", ")));
  }
  return imported(node, "prelu", {}, {slope.reshape({-1}).expand({shape.at(0)}).contiguous()});
}

}  // namespace

Op clip_op() {
  return {.name = "clip",
          .help = "every element between two bounds",
          .shape = clip_shape,
          .forward = clip,
          .to_onnx = clip_to_onnx,
          .onnx_types = {"Clip", "Min", "Max"},
          .from_onnx = clip_from_onnx};
}

Op elu_op() {
  return {.name = "elu",
          .help = "x, or alpha * (exp(x) - 1) below 0, of every element",
          .shape = elu_shape,
          .forward = elu,
          .to_onnx = elu_to_onnx,
          .onnx_types = {"Elu", "Selu"},
          .from_onnx = elu_from_onnx};
}

Op softplus_op() {
  return {.name = "softplus",
          .help = "log(1 + exp(x)) of every element",
          .shape = same_shape,
          .forward = softplus,
          .to_onnx = softplus_to_onnx,
          .onnx_types = {"Softplus"},
          .from_onnx = softplus_from_onnx};
}

Op prelu_op() {
  return {.name = "prelu",
          .help = "x, or x times a learned slope of the channel below 0",
          .shape = prelu_shape,
          .parameters = prelu_parameters,
          .forward = prelu,
          .to_onnx = prelu_to_onnx,
          .onnx_types = {"PRelu"},
          .from_onnx = prelu_from_onnx};
}

}  // namespace retort
