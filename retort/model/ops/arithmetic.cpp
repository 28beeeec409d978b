#include <ATen/ops/add.h>
#include <ATen/ops/mul.h>

#include <algorithm>
#include <cmath>
#include <numeric>

#include "retort/model/ops/inputs.hpp"

// Sums and products: of two nodes, of a node and a weight, of a node and a number.
namespace retort {
namespace {

// The shape that both spread to; sizes of 1 spread.
Shape spread(const Node& node, const Shape& a, const Shape& b) {
  bool fits = a.size() == b.size();
  Shape result = a;
  for (size_t i = 0; fits && i < a.size(); ++i) {
    fits = a[i] == b[i] || a[i] == 1 || b[i] == 1;
    result[i] = std::max(a[i], b[i]);
  }
  if (!fits) {
    misfit(node, "[N, {}] and [N, {}] do not fit together", fmt::join(a, ", "), fmt::join(b, ", "));
  }
  return result;
}

Shape shape_of_two(const Node& node, const Shapes& inputs) {
  if (inputs.size() != 2) misfit(node, "wanted 2 inputs, got {}", inputs.size());
  return spread(node, inputs[0], inputs[1]);
}

Tensor sum(const Node&, std::span<const Tensor> inputs, std::span<const Tensor>, const PassMode&,
           uint64_t) {
  return at::add(inputs[0], inputs[1]);
}

Tensor product(const Node&, std::span<const Tensor> inputs, std::span<const Tensor>,
               const PassMode&, uint64_t) {
  return at::mul(inputs[0], inputs[1]);
}

// A weight of its own shape beside the input; [1, C] stands beside [L, C].
Shape weight_shape(const Node& node, const Shape& input) {
  return sizes_of(node, "shape", input.size(), 1);
}

Shape shape_with_weight(const Node& node, const Shapes& inputs) {
  const Shape& input = only_input(node, inputs);
  return spread(node, input, weight_shape(node, input));
}

std::vector<ParameterSpec> offset_parameters(const Node& node, const Shapes& inputs) {
  return {{.name = "weight",
           .shape = weight_shape(node, only_input(node, inputs)),
           .initial = Initial::normal,
           .deviation = 0.02}};
}

std::vector<ParameterSpec> gain_parameters(const Node& node, const Shapes& inputs) {
  return {{.name = "weight",
           .shape = weight_shape(node, only_input(node, inputs)),
           .initial = Initial::one}};
}

Tensor offset(const Node&, std::span<const Tensor> inputs, std::span<const Tensor> weights,
              const PassMode&, uint64_t) {
  return at::add(inputs[0], weights[0]);
}

Tensor gain(const Node&, std::span<const Tensor> inputs, std::span<const Tensor> weights,
            const PassMode&, uint64_t) {
  return at::mul(inputs[0], weights[0]);
}

Shape scale_shape(const Node& node, const Shapes& inputs) {
  if (!std::isfinite(number(node, "factor")) || !std::isfinite(number(node, "offset"))) {
    misfit(node, "wanted a finite factor and offset");
  }
  return only_input(node, inputs);
}

Tensor scale(const Node& node, std::span<const Tensor> inputs, std::span<const Tensor>,
             const PassMode&, uint64_t) {
  return at::add(at::mul(inputs[0], number(node, "factor")), number(node, "offset"));
}

void add_to_onnx(const Node&, const Shapes&, OnnxFragment& onnx) {
  onnx.result("Add", onnx.inputs());
}

void multiply_to_onnx(const Node&, const Shapes&, OnnxFragment& onnx) {
  onnx.result("Mul", onnx.inputs());
}

void offset_to_onnx(const Node&, const Shapes&, OnnxFragment& onnx) {
  onnx.result("Add", {onnx.input(0), onnx.weight("weight")});
}

void gain_to_onnx(const Node&, const Shapes&, OnnxFragment& onnx) {
  onnx.result("Mul", {onnx.input(0), onnx.weight("weight")});
}

void scale_to_onnx(const Node& node, const Shapes&, OnnxFragment& onnx) {
  const std::string factor = onnx.constant(number(node, "factor"));
  const std::string offset = onnx.constant(number(node, "offset"));
  onnx.result("Add", {onnx.value("Mul", {onnx.input(0), factor}), offset});
}

// A constant beside a value, the dimensions counted from the last one: [C, 1, 1] or [1, C, 1, 1]
// beside [N, C, H, W]. One of the batch's dimension cannot be taken apart.
Tensor beside(const OnnxNode& node, const Tensor& constant, const OnnxLayout& layout) {
  const auto dimensions = static_cast<size_t>(constant.dim());
  Shape shape(layout.stored().size(), 1);
  for (size_t i = 1; i <= dimensions; ++i) {
    const int64_t size = constant.size(-static_cast<int64_t>(i));
    const size_t axis = layout.rank() - i;
    if (i > layout.rank() || (axis == layout.batch_axis && size != 1)) {
      refuse(node, fmt::format("a constant of [{}] has a batch of its own",
                               fmt::join(constant.sizes(), ", ")));
    }
    if (axis != layout.batch_axis) shape[layout.stored_axis(axis)] = size;
  }
  return constant.to(at::kFloat).reshape(shape);
}

ImportedNode with_constant(const OnnxNode& node, const std::string& name, const std::string& input,
                           const OnnxLayout& layout, const Tensor& constant, bool is_sum) {
  if (constant.numel() == 1 && static_cast<size_t>(constant.dim()) <= layout.rank()) {
    const double value = constant.item<double>();
    const Attributes attributes = {{"factor", is_sum ? 1.0 : value},
                                   {"offset", is_sum ? value : 0.0}};
    return {{name, "scale", {input}, attributes}, {}};
  }
  const Tensor weight = beside(node, constant, layout);
  return {{name, is_sum ? "offset" : "gain", {input}, {{"shape", weight.sizes().vec()}}}, {weight}};
}

// Two values, the dimensions counted from the last one; the one with fewer gets some of size 1.
ImportedNodes two_from_onnx(const OnnxNode& node, const std::string& name, size_t first,
                            size_t second, std::string_view op, const OnnxSource& source) {
  OnnxLayout layouts[] = {onnx_layout(node, first, source), onnx_layout(node, second, source)};
  std::vector<std::string> inputs = {node.inputs[first], node.inputs[second]};
  ImportedNodes nodes;
  for (const size_t i : {0, 1}) {
    OnnxLayout& layout = layouts[i];
    const size_t rank = std::max(layouts[0].rank(), layouts[1].rank());
    if (layout.rank() == rank) continue;
    layout.batch_axis += rank - layout.rank();
    layout.sizes.insert(layout.sizes.begin(), rank - layout.rank(), 1);
    nodes.push_back({{name + ".beside", "reshape", {inputs[i]}, {{"shape", layout.stored()}}}, {}});
    inputs[i] = name + ".beside";
  }
  const auto& [left, right] = layouts;
  if (left.batch_axis != right.batch_axis || left.outer != right.outer ||
      left.inner() != right.inner()) {
    refuse(node,
           fmt::format("{} and {} have their batch in other places", left.text(), right.text()));
  }
  OnnxLayout result = left;
  for (size_t i = 0; i < result.rank(); ++i) {
    result.sizes[i] = std::max(left.sizes[i], right.sizes[i]);
  }
  nodes.push_back({{name, std::string(op), inputs, {}}, {}, result});
  return nodes;
}

// -x for a difference, 1 / x for a quotient.
ImportedNode inverse(const std::string& name, const std::string& input, bool is_sum) {
  if (is_sum) {
    return {{name, "scale", {input}, {{"factor", -1.0}, {"offset", 0.0}}}, {}};
  }
  return {{name, "power", {input}, {{"exponent", -1.0}}}, {}};
}

// A constant and a value, in this order where `constant_first`.
ImportedNodes constant_and_value(const OnnxNode& node, const Tensor& constant, bool constant_first,
                                 const OnnxSource& source) {
  const std::string& type = node.op_type;
  const bool is_sum = type == "Add" || type == "Sub";
  const bool inverts = type == "Sub" || type == "Div";
  const size_t data = constant_first ? 1 : 0;
  const OnnxLayout& layout = onnx_layout(node, data, source);
  std::string input = node.inputs[data];
  Tensor value = constant.to(at::kFloat);
  ImportedNodes nodes;
  if (inverts && constant_first) {
    nodes.push_back(inverse(node.outputs[0] + ".inverse", input, is_sum));
    input = nodes.back().node.name;
  } else if (inverts) {
    value = is_sum ? value.neg() : value.reciprocal();
  }
  nodes.push_back(with_constant(node, node.outputs[0], input, layout, value, is_sum));
  return nodes;
}

ImportedNodes sum_from_onnx(const OnnxNode& node, const OnnxSource& source);

// Add, Sub, Mul, Div of two nodes or of a node and a constant: a single number is a setting, more
// are a weight.
ImportedNodes from_onnx(const OnnxNode& node, const OnnxSource& source) {
  if (node.op_type == "Sum") return sum_from_onnx(node, source);
  if (!onnx_has(node, 0) || !onnx_has(node, 1)) refuse(node, "wanted 2 inputs");
  const bool is_sum = node.op_type == "Add" || node.op_type == "Sub";
  const Tensor* left = onnx_constant(node, 0, source);
  const Tensor* right = onnx_constant(node, 1, source);
  if (left != nullptr && right != nullptr) refuse(node, "both inputs are constants");
  if (right != nullptr) return constant_and_value(node, *right, false, source);
  if (left != nullptr) return constant_and_value(node, *left, true, source);
  const std::string_view op = is_sum ? "add" : "multiply";
  const std::string& name = node.outputs.at(0);
  if (node.op_type == "Add" || node.op_type == "Mul") {
    return two_from_onnx(node, name, 0, 1, op, source);
  }
  OnnxNode inverted = node;
  inverted.inputs[1] = name + ".inverse";
  ImportedNodes nodes = {inverse(inverted.inputs[1], node.inputs[1], is_sum)};
  for (ImportedNode& more : two_from_onnx(inverted, name, 0, 1, op, source)) {
    nodes.push_back(std::move(more));
  }
  return nodes;
}

// A sum of any number of values, two at a time; constants come last.
ImportedNodes sum_from_onnx(const OnnxNode& node, const OnnxSource& source) {
  if (node.inputs.size() == 1) {
    return imported(node, "scale", {{"factor", 1.0}, {"offset", 0.0}});
  }
  std::vector<size_t> order(node.inputs.size());
  std::iota(order.begin(), order.end(), size_t{0});
  std::stable_partition(order.begin(), order.end(), [&](size_t place) {
    return onnx_constant(node, place, source) == nullptr;
  });
  ImportedNodes nodes;
  OnnxNode rest = node;
  const size_t first = order[0];
  std::vector<OnnxLayout> layouts = source.layouts;  // at the first place that of the sum so far
  const OnnxSource so_far{source.opset,   source.batch, source.constants,
                          source.batches, source.graph, layouts};
  for (size_t i = 1; i < order.size(); ++i) {
    const bool ends_here = i + 1 == order.size();
    const std::string name =
        ends_here ? node.outputs.at(0) : fmt::format("{}.sum{}", node.outputs.at(0), i);
    if (const Tensor* constant = onnx_constant(node, order[i], source)) {
      nodes.push_back(with_constant(node, name, rest.inputs[first], layouts[first], *constant,
                                    /*is_sum=*/true));
      nodes.back().layout = layouts[first];
    } else if (onnx_layout(node, order[i], source).rank() != layouts[first].rank()) {
      refuse(node, "values of other ranks");
    } else {
      for (ImportedNode& more : two_from_onnx(rest, name, first, order[i], "add", so_far)) {
        nodes.push_back(std::move(more));
      }
    }
    rest.inputs[first] = name;
    layouts[first] = nodes.back().layout.value();
  }
  return nodes;
}

ImportedNodes negative_from_onnx(const OnnxNode& node, const OnnxSource&) {
  return imported(node, "scale", {{"factor", -1.0}, {"offset", 0.0}});
}

}  // namespace

Op add_op() {
  return {.name = "add",
          .help = "the sum of two nodes; sizes of 1 spread",
          .shape = shape_of_two,
          .forward = sum,
          .takes_bf16 = true,
          .gives_output_away = true,
          .to_onnx = add_to_onnx,
          .onnx_types = {"Add", "Sub", "Sum"},
          .from_onnx = from_onnx};
}

Op multiply_op() {
  return {.name = "multiply",
          .help = "the product of two nodes, element by element; sizes of 1 spread",
          .shape = shape_of_two,
          .forward = product,
          .to_onnx = multiply_to_onnx,
          .onnx_types = {"Mul", "Div"},
          .from_onnx = from_onnx};
}

Op offset_op() {
  return {.name = "offset",
          .help = "plus a learned weight: an embedding of positions",
          .shape = shape_with_weight,
          .parameters = offset_parameters,
          .forward = offset,
          .to_onnx = offset_to_onnx};
}

Op gain_op() {
  return {.name = "gain",
          .help = "times a learned weight, element by element",
          .shape = shape_with_weight,
          .parameters = gain_parameters,
          .forward = gain,
          .to_onnx = gain_to_onnx};
}

Op scale_op() {
  return {.name = "scale",
          .help = "times a number plus a number",
          .shape = scale_shape,
          .forward = scale,
          .to_onnx = scale_to_onnx,
          .onnx_types = {"Neg"},
          .from_onnx = negative_from_onnx};
}

}  // namespace retort
