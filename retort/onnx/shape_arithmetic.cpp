#include "retort/onnx/shape_arithmetic.hpp"

#include <ATen/TensorOperators.h>
#include <ATen/ops/full.h>
#include <ATen/ops/ones_like.h>
#include <ATen/ops/tensor.h>
#include <ATen/ops/zeros.h>
#include <ATen/ops/zeros_like.h>
#include <c10/util/Exception.h>
#include <fmt/format.h>

#include <algorithm>

#include "retort/base/error.hpp"

namespace retort {
namespace {

using Inputs = std::vector<const KnownValue*>;

ConstantInputs fixed_of(const Inputs& inputs) {
  ConstantInputs result;
  for (const KnownValue* input : inputs) {
    result.push_back(input == nullptr ? Tensor() : input->fixed);
  }
  return result;
}

Tensor batches_of(const KnownValue& value) {
  return value.batches.defined() ? value.batches : at::zeros_like(value.fixed, at::kLong);
}

KnownValue known(Tensor fixed, Tensor batches = {}) {
  const bool depends = batches.defined() && batches.count_nonzero().item<int64_t>() > 0;
  return {std::move(fixed), depends ? batches.to(at::kLong) : Tensor()};
}

// The numbers go elsewhere, and the multiples of N with them.
std::optional<KnownValue> moved(const OnnxNode& node, const ConstantOperator& row,
                                const Inputs& inputs) {
  ConstantInputs batches = fixed_of(inputs);
  for (size_t i = 0; i < inputs.size(); ++i) {
    if (inputs[i] == nullptr) continue;
    const bool is_moved = i >= row.first_moved && i < row.last_moved;
    if (!is_moved && inputs[i]->batches.defined()) return std::nullopt;
    if (is_moved) batches[i] = batches_of(*inputs[i]);
  }
  return known(row.compute(node, fixed_of(inputs)), row.compute(node, batches));
}

// Sums, and products and quotients with what does not depend on N.
std::optional<KnownValue> linear(const OnnxNode& node, const ConstantOperator& row,
                                 const Inputs& inputs) {
  const std::string& type = node.op_type;
  const bool is_sum = type == "Add" || type == "Sub";
  const bool is_quotient = type == "Div";
  if (inputs.size() != 2 || !(is_sum || is_quotient || type == "Mul")) return std::nullopt;
  const KnownValue &a = *inputs[0], &b = *inputs[1];
  if (is_sum) {
    return known(row.compute(node, fixed_of(inputs)),
                 row.compute(node, {batches_of(a), batches_of(b)}));
  }
  const bool right = a.batches.defined();
  if (b.batches.defined() && (right || is_quotient)) return std::nullopt;
  // As doubles, so that halves of N are not cut to whole ones.
  const Tensor left_factor = right ? batches_of(a) : a.fixed;
  const Tensor right_factor = right ? b.fixed : batches_of(b);
  const ConstantInputs factors = {left_factor.to(at::kDouble), right_factor.to(at::kDouble)};
  if (is_quotient) {  // of integers, which is cut: only where nothing is
    const auto divides = [&](const Tensor& value) {
      return b.fixed.count_nonzero().item<int64_t>() == b.fixed.numel() &&
             value.to(at::kDouble).remainder(b.fixed).count_nonzero().item<int64_t>() == 0;
    };
    if (!divides(a.fixed) || !divides(a.batches)) return std::nullopt;
  }
  const Tensor batches = row.compute(node, factors);
  constexpr double most = 1e15;
  const Tensor sure = batches.eq(batches.round()).logical_and(batches.abs().le(most));
  if (!sure.all().item<bool>()) return std::nullopt;
  return known(row.compute(node, fixed_of(inputs)), batches);
}

// Whether elements are equal whatever N from 1 on is; nothing where that depends on it.
std::optional<KnownValue> equal(const OnnxNode& node, const Inputs& inputs) {
  if (inputs.size() != 2) return std::nullopt;
  check_spread_size(node, fixed_of(inputs));
  const Tensor fixed = inputs[0]->fixed - inputs[1]->fixed;
  const Tensor batches = batches_of(*inputs[0]) - batches_of(*inputs[1]);
  // With the same sign the difference is never 0.
  const Tensor sure = batches.eq(0).logical_or((fixed * batches).ge(0));
  if (!sure.all().item<bool>()) return std::nullopt;
  return known(fixed.eq(0).logical_and(batches.eq(0)));
}

// Sizes with the batch's taken for 1; nothing where N is not alone.
std::optional<KnownValue> sizes_for_one(const KnownValue& sizes) {
  if (!sizes.batches.defined()) return sizes;
  const Tensor is_batch = sizes.batches.ne(0);
  const Tensor alone = sizes.batches.eq(1).logical_and(sizes.fixed.eq(0));
  if (!is_batch.eq(alone).all().item<bool>()) return std::nullopt;
  return KnownValue{sizes.fixed + is_batch.to(sizes.fixed.scalar_type()), {}, true};
}

std::optional<KnownValue> expanded(const OnnxNode& node, const ConstantOperator& row,
                                   const Inputs& inputs) {
  if (inputs.size() != 2 || inputs[0] == nullptr || inputs[1] == nullptr) return std::nullopt;
  const std::optional<KnownValue> sizes = sizes_for_one(*inputs[1]);
  if (!sizes || inputs[0]->batches.defined()) return std::nullopt;
  // One sample of it is what stands there; a size of its own cannot be a batch.
  const Tensor value = row.compute(node, {inputs[0]->fixed, sizes->fixed});
  if (!sizes->spreads) return known(value);
  // Dimensions are counted from the last one.
  const std::vector<int64_t> counts = integers_of(inputs[1]->batches);
  for (size_t i = 1; i <= counts.size(); ++i) {
    const int64_t place = value.dim() - static_cast<int64_t>(i);
    if (counts[counts.size() - i] != 0 && (place < 0 || value.size(place) != 1))
      return std::nullopt;
  }
  return KnownValue{value, {}, true};
}

// The element is a second input; without one it is 0.
std::optional<KnownValue> filled(const OnnxNode& node, const Inputs& inputs) {
  if (inputs.empty() || inputs[0] == nullptr) return std::nullopt;
  const bool given = inputs.size() > 1 && inputs[1] != nullptr;
  if (given && inputs[1]->batches.defined()) return std::nullopt;
  const Tensor element = given ? inputs[1]->fixed : at::zeros({}, at::kFloat);
  const std::optional<KnownValue> sizes = sizes_for_one(*inputs[0]);
  if (!sizes) return std::nullopt;
  const std::vector<int64_t> shape = integers_of(sizes->fixed);
  check_result_size(node, shape);
  return KnownValue{element.reshape({}).expand(shape).clone(), {}, sizes->spreads};
}

std::optional<KnownValue> dispatched(const OnnxNode& node, const Inputs& inputs) {
  const auto of_batch = [](const KnownValue* v) { return v != nullptr && v->batches.defined(); };
  const auto spreads = [](const KnownValue* v) { return v != nullptr && v->spreads; };
  if (std::any_of(inputs.begin(), inputs.end(), spreads)) return std::nullopt;
  if (node.op_type == "ConstantOfShape") return filled(node, inputs);
  const ConstantOperator* row = constant_operator(node.op_type);
  if (row == nullptr) return std::nullopt;
  if (node.op_type == "Expand" || node.op_type == "Tile") return expanded(node, *row, inputs);
  if (std::none_of(inputs.begin(), inputs.end(), of_batch)) {
    return known(row->compute(node, fixed_of(inputs)));
  }
  if (node.op_type == "Shape") return known(row->compute(node, fixed_of(inputs)));
  if (std::count(inputs.begin(), inputs.end(), nullptr) > 0 && row->last_moved == 0) {
    return std::nullopt;
  }
  if (row->last_moved > 0) return moved(node, *row, inputs);
  if (node.op_type == "Equal") return equal(node, inputs);
  return linear(node, *row, inputs);
}

}  // namespace

KnownValue shape_of(const OnnxLayout& layout) {
  Shape fixed = layout.sizes;
  Shape batches(fixed.size(), 0);
  std::swap(fixed.at(layout.batch_axis), batches.at(layout.batch_axis));
  return {at::tensor(fixed, at::kLong), at::tensor(batches, at::kLong)};
}

std::optional<KnownValue> computed(const OnnxNode& node, const Inputs& inputs) {
  try {
    return dispatched(node, inputs);
  } catch (const c10::Error& error) {
    const std::string what = error.what_without_backtrace();
    refuse(node, "its constants do not fit: " + printable(what.substr(0, what.find('\n'))));
  }
}

bool computes_constants(std::string_view type) {
  return type == "ConstantOfShape" || constant_operator(type) != nullptr;
}

}  // namespace retort
