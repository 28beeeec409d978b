#include "retort/onnx/constant_operators.hpp"

#include <ATen/TensorOperators.h>
#include <ATen/ops/arange.h>
#include <ATen/ops/cat.h>
#include <ATen/ops/full.h>
#include <ATen/ops/stack.h>
#include <ATen/ops/tensor.h>
#include <ATen/ops/where.h>
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numeric>

namespace retort {

const Tensor& wanted_input(const OnnxNode& node, const ConstantInputs& inputs, size_t place) {
  if (place >= inputs.size() || !inputs[place].defined()) {
    refuse(node, fmt::format("input {} is missing", place));
  }
  return inputs[place];
}

void check_result_size(const OnnxNode& node, const std::vector<int64_t>& sizes) {
  int64_t left = int64_t{1} << 26;
  for (const int64_t size : sizes) {
    if (size < 0 || (size > 0 && (left /= size) == 0)) {
      refuse(node, fmt::format("a constant of impossible size [{}]", fmt::join(sizes, ", ")));
    }
  }
}

void check_spread_size(const OnnxNode& node, const ConstantInputs& inputs) {
  std::vector<int64_t> sizes;
  for (const Tensor& input : inputs) {
    const auto rank = static_cast<size_t>(input.dim());
    if (sizes.size() < rank) sizes.insert(sizes.begin(), rank - sizes.size(), 1);
    for (size_t i = 1; i <= rank; ++i) {
      int64_t& size = sizes[sizes.size() - i];
      size = std::max(size, input.size(-static_cast<int64_t>(i)));
    }
  }
  check_result_size(node, sizes);
}

namespace {

// Integers that older operator sets have as an attribute.
std::vector<int64_t> list(const OnnxNode& node, std::string_view attribute,
                          const ConstantInputs& inputs, size_t place) {
  if (place < inputs.size() && inputs[place].defined()) return integers_of(inputs[place]);
  return onnx_integers(node, attribute, {});
}

int64_t axis_in(const OnnxNode& node, int64_t axis, int64_t rank) {
  return static_cast<int64_t>(onnx_axis(node, axis, static_cast<size_t>(rank)));
}

std::vector<int64_t> axes_in(const OnnxNode& node, std::vector<int64_t> axes, int64_t rank) {
  for (int64_t& axis : axes) axis = axis_in(node, axis, rank);
  std::sort(axes.begin(), axes.end());
  return axes;
}

Tensor identity(const OnnxNode& node, const ConstantInputs& inputs) {
  return wanted_input(node, inputs, 0);
}

Tensor cast(const OnnxNode& node, const ConstantInputs& inputs) {
  const Tensor& value = wanted_input(node, inputs, 0);
  switch (onnx_integer(node, "to", 1)) {  // of TensorProto.DataType
    case 1:
    case 10:
    case 11:
    case 16:
      return value.to(at::kFloat);
    case 2:
    case 3:
    case 5:
    case 6:
      return value.to(at::kInt);
    case 7:
      return value.to(at::kLong);
    case 9:
      return value.to(at::kBool);
    default:
      refuse(node, "a type that is not known here");
  }
}

Tensor reshape(const OnnxNode& node, const ConstantInputs& inputs) {
  const Tensor& value = wanted_input(node, inputs, 0);
  std::vector<int64_t> sizes = list(node, "shape", inputs, 1);
  for (size_t i = 0; i < sizes.size(); ++i) {
    if (sizes[i] == 0 && onnx_integer(node, "allowzero", 0) == 0) {
      sizes[i] = value.size(static_cast<int64_t>(i));
    }
  }
  return value.reshape(sizes);
}

Tensor transpose(const OnnxNode& node, const ConstantInputs& inputs) {
  const Tensor& value = wanted_input(node, inputs, 0);
  std::vector<int64_t> backwards(static_cast<size_t>(value.dim()));
  std::iota(backwards.rbegin(), backwards.rend(), 0);
  return value.permute(onnx_integers(node, "perm", backwards));
}

Tensor unsqueeze(const OnnxNode& node, const ConstantInputs& inputs) {
  Tensor value = wanted_input(node, inputs, 0);
  const std::vector<int64_t> axes = list(node, "axes", inputs, 1);
  const int64_t rank = value.dim() + static_cast<int64_t>(axes.size());
  for (const int64_t axis : axes_in(node, axes, rank)) value = value.unsqueeze(axis);
  return value;
}

Tensor squeeze(const OnnxNode& node, const ConstantInputs& inputs) {
  Tensor value = wanted_input(node, inputs, 0);
  std::vector<int64_t> axes = list(node, "axes", inputs, 1);
  if (axes.empty()) return value.squeeze();
  axes = axes_in(node, axes, value.dim());
  for (auto axis = axes.rbegin(); axis != axes.rend(); ++axis) value = value.squeeze(*axis);
  return value;
}

Tensor concat(const OnnxNode& node, const ConstantInputs& inputs) {
  const Tensor& first = wanted_input(node, inputs, 0);
  int64_t elements = 0;
  for (size_t i = 0; i < inputs.size(); ++i) elements += wanted_input(node, inputs, i).numel();
  check_result_size(node, {elements});
  return at::cat(inputs, axis_in(node, onnx_integer(node, "axis", 1), first.dim()));
}

Tensor slice(const OnnxNode& node, const ConstantInputs& inputs) {
  Tensor value = wanted_input(node, inputs, 0);
  const std::vector<int64_t> starts = list(node, "starts", inputs, 1);
  const std::vector<int64_t> ends = list(node, "ends", inputs, 2);
  std::vector<int64_t> axes = list(node, "axes", inputs, 3);
  std::vector<int64_t> steps = list(node, "steps", inputs, 4);
  if (axes.empty()) {
    axes.resize(starts.size());
    std::iota(axes.begin(), axes.end(), 0);
  }
  if (steps.empty()) steps.assign(starts.size(), 1);
  if (ends.size() != starts.size() || axes.size() != starts.size() ||
      steps.size() != starts.size()) {
    refuse(node, "wanted as many starts as ends, axes and steps");
  }
  for (size_t i = 0; i < starts.size(); ++i) {
    const int64_t axis = axis_in(node, axes[i], value.dim());
    const int64_t size = value.size(axis);
    const bool backwards = steps[i] < 0;
    // An end of -size is element 0, before which it stops.
    if (backwards && (starts[i] != -1 || ends[i] >= -size)) {
      refuse(node, "wanted all elements where it goes backwards");
    }
    // A step over everything is as good as any beyond, which could overflow.
    const int64_t most = std::max<int64_t>(size, 1);
    const int64_t step = std::clamp(steps[i], -most, most);
    value = backwards ? value.flip(axis).slice(axis, 0, INT64_MAX, -step)
                      : value.slice(axis, starts[i], ends[i], step);
  }
  return value;
}

Tensor gather(const OnnxNode& node, const ConstantInputs& inputs) {
  const Tensor& value = wanted_input(node, inputs, 0);
  const Tensor places = wanted_input(node, inputs, 1).to(at::kLong);
  const int64_t axis = axis_in(node, onnx_integer(node, "axis", 0), value.dim());
  std::vector<int64_t> sizes = value.sizes().vec();
  sizes.erase(sizes.begin() + axis);
  sizes.insert(sizes.begin() + axis, places.sizes().begin(), places.sizes().end());
  check_result_size(node, sizes);
  const Tensor counted = at::where(places < 0, places + value.size(axis), places);
  return value.index_select(axis, counted.reshape({-1})).reshape(sizes);
}

Tensor expand(const OnnxNode& node, const ConstantInputs& inputs) {
  const Tensor& value = wanted_input(node, inputs, 0);
  std::vector<int64_t> sizes = list(node, "shape", inputs, 1);
  // Both spread: dimensions that only the value has stay in front.
  const auto rank = static_cast<size_t>(value.dim());
  if (sizes.size() < rank) sizes.insert(sizes.begin(), rank - sizes.size(), 1);
  for (size_t i = 1; i <= rank; ++i) {
    int64_t& size = sizes[sizes.size() - i];
    const int64_t own = value.size(-static_cast<int64_t>(i));
    if (size == 1) size = own;
  }
  check_result_size(node, sizes);
  return value.expand(sizes);
}

Tensor tile(const OnnxNode& node, const ConstantInputs& inputs) {
  const Tensor& value = wanted_input(node, inputs, 0);
  const std::vector<int64_t> repeats = integers_of(wanted_input(node, inputs, 1));
  std::vector<int64_t> sizes = value.sizes().vec();
  sizes.insert(sizes.end(), repeats.begin(), repeats.end());
  check_result_size(node, sizes);
  return value.repeat(repeats);
}

Tensor where(const OnnxNode& node, const ConstantInputs& inputs) {
  const Tensor &condition = wanted_input(node, inputs, 0), &yes = wanted_input(node, inputs, 1),
               &no = wanted_input(node, inputs, 2);
  check_spread_size(node, {condition, yes, no});
  return at::where(condition.to(at::kBool), yes, no);
}

Tensor range(const OnnxNode& node, const ConstantInputs& inputs) {
  const Tensor& type = wanted_input(node, inputs, 0);
  std::vector<double> ends;
  for (const size_t i : {0, 1, 2}) ends.push_back(wanted_input(node, inputs, i).item<double>());
  const double count = std::ceil((ends[1] - ends[0]) / ends[2]);
  check_result_size(node, {count > 0 && count < 1e9 ? static_cast<int64_t>(count) : -1});
  return at::arange(ends[0], ends[1], ends[2], at::kDouble).to(type.scalar_type());
}

Tensor shape(const OnnxNode& node, const ConstantInputs& inputs) {
  const Tensor sizes = at::tensor(wanted_input(node, inputs, 0).sizes(), at::kLong);
  return sizes.slice(0, onnx_integer(node, "start", 0), onnx_integer(node, "end", INT64_MAX));
}

Tensor scatter(const OnnxNode& node, const ConstantInputs& inputs) {
  if (onnx_text(node, "reduction", "none") != "none") refuse(node, "wanted no reduction");
  const Tensor result = wanted_input(node, inputs, 0).clone();
  const Tensor places = wanted_input(node, inputs, 1).to(at::kLong);
  if (places.dim() == 0) refuse(node, "wanted places");
  c10::List<std::optional<Tensor>> by_axis;
  for (const Tensor& along : places.unbind(-1)) by_axis.push_back(along);
  return result.index_put(by_axis, wanted_input(node, inputs, 2));
}

Tensor logical_not(const OnnxNode& node, const ConstantInputs& inputs) {
  return wanted_input(node, inputs, 0).logical_not();
}

// Integers are computed as doubles, which hold every size exactly and never trap.
template <auto function>  // of a tensor
Tensor unary(const OnnxNode& node, const ConstantInputs& inputs) {
  const Tensor& value = wanted_input(node, inputs, 0);
  return function(value.to(at::kDouble)).to(value.scalar_type());
}

template <auto function>  // of two tensors
Tensor binary(const OnnxNode& node, const ConstantInputs& inputs) {
  Tensor result = wanted_input(node, inputs, 0);
  for (size_t i = 1; i < inputs.size(); ++i) {
    const Tensor& next = wanted_input(node, inputs, i);
    check_spread_size(node, {result, next});
    const Tensor value = function(result.to(at::kDouble), next.to(at::kDouble));
    result = value.scalar_type() == at::kBool ? value : value.to(result.scalar_type());
  }
  return result;
}

template <Tensor (*function)(const Tensor&, const std::vector<int64_t>&, bool)>
Tensor reduced(const OnnxNode& node, const ConstantInputs& inputs) {
  const Tensor& value = wanted_input(node, inputs, 0);
  std::vector<int64_t> axes = axes_in(node, list(node, "axes", inputs, 1), value.dim());
  if (axes.empty() && onnx_integer(node, "noop_with_empty_axes", 0) != 0) return value;
  if (axes.empty()) {
    axes.resize(static_cast<size_t>(value.dim()));
    std::iota(axes.begin(), axes.end(), 0);
  }
  const bool keep = onnx_integer(node, "keepdims", 1) != 0;
  return function(value.to(at::kDouble), axes, keep).to(value.scalar_type());
}

Tensor sum_over(const Tensor& value, const std::vector<int64_t>& axes, bool keep) {
  return axes.empty() ? value : value.sum(axes, keep);
}
Tensor mean_over(const Tensor& value, const std::vector<int64_t>& axes, bool keep) {
  return axes.empty() ? value : value.mean(axes, keep);
}
Tensor product_over(const Tensor& value, const std::vector<int64_t>& axes, bool keep) {
  Tensor result = value;
  for (auto axis = axes.rbegin(); axis != axes.rend(); ++axis) result = result.prod(*axis, keep);
  return result;
}

Tensor modulo(const OnnxNode& node, const ConstantInputs& inputs) {
  // Its remainder has the sign of the other number.
  if (onnx_integer(node, "fmod", 0) != 0) refuse(node, "wanted fmod = 0");
  return binary<[](const Tensor& a, const Tensor& b) { return a.remainder(b); }>(node, inputs);
}

}  // namespace

const std::vector<ConstantOperator>& constant_operators() {
  constexpr size_t all = SIZE_MAX;
  static const std::vector<ConstantOperator> table = {
      {"Identity", identity, 0, 1},
      {"Cast", cast, 0, 1},
      {"Reshape", reshape, 0, 1},
      {"Transpose", transpose, 0, 1},
      {"Unsqueeze", unsqueeze, 0, 1},
      {"Squeeze", squeeze, 0, 1},
      {"Concat", concat, 0, all},
      {"Slice", slice, 0, 1},
      {"Gather", gather, 0, 1},
      {"Expand", expand, 0, 1},
      {"Tile", tile, 0, 1},
      {"Where", where, 1, 3},
      {"Range", range},
      {"Shape", shape},
      {"ScatterND", scatter},
      {"Not", logical_not},
      {"Neg", unary<[](const Tensor& a) { return a.neg(); }>},
      {"Abs", unary<[](const Tensor& a) { return a.abs(); }>},
      {"Sqrt", unary<[](const Tensor& a) { return a.sqrt(); }>},
      {"Reciprocal", unary<[](const Tensor& a) { return a.reciprocal(); }>},
      {"Exp", unary<[](const Tensor& a) { return a.exp(); }>},
      {"Log", unary<[](const Tensor& a) { return a.log(); }>},
      {"Floor", unary<[](const Tensor& a) { return a.floor(); }>},
      {"Ceil", unary<[](const Tensor& a) { return a.ceil(); }>},
      {"Round", unary<[](const Tensor& a) { return a.round(); }>},
      {"Add", binary<[](const Tensor& a, const Tensor& b) { return a + b; }>},
      {"Sub", binary<[](const Tensor& a, const Tensor& b) { return a - b; }>},
      {"Mul", binary<[](const Tensor& a, const Tensor& b) { return a * b; }>},
      {"Div", binary<[](const Tensor& a, const Tensor& b) { return a / b; }>},
      {"Mod", modulo},
      {"Pow", binary<[](const Tensor& a, const Tensor& b) { return a.pow(b); }>},
      {"Min", binary<[](const Tensor& a, const Tensor& b) { return a.minimum(b); }>},
      {"Max", binary<[](const Tensor& a, const Tensor& b) { return a.maximum(b); }>},
      {"Equal", binary<[](const Tensor& a, const Tensor& b) { return a.eq(b); }>},
      {"Less", binary<[](const Tensor& a, const Tensor& b) { return a.lt(b); }>},
      {"Greater", binary<[](const Tensor& a, const Tensor& b) { return a.gt(b); }>},
      {"LessOrEqual", binary<[](const Tensor& a, const Tensor& b) { return a.le(b); }>},
      {"GreaterOrEqual", binary<[](const Tensor& a, const Tensor& b) { return a.ge(b); }>},
      {"And", binary<[](const Tensor& a, const Tensor& b) { return a.logical_and(b); }>},
      {"Or", binary<[](const Tensor& a, const Tensor& b) { return a.logical_or(b); }>},
      {"ReduceSum", reduced<sum_over>},
      {"ReduceMean", reduced<mean_over>},
      {"ReduceProd", reduced<product_over>},
  };
  return table;
}

const ConstantOperator* constant_operator(std::string_view type) {
  for (const ConstantOperator& row : constant_operators()) {
    if (row.type == type) return &row;
  }
  return nullptr;
}

}  // namespace retort
