#include "retort/model/onnx_node.hpp"

#include <ATen/ops/tensor.h>
#include <fmt/format.h>

#include <algorithm>

#include "retort/base/error.hpp"

namespace retort {

OnnxFragment::OnnxFragment(const Node& node, std::vector<std::string> inputs, std::string output,
                           UniqueName unique)
    : node_(node.name),
      inputs_(std::move(inputs)),
      output_(std::move(output)),
      unique_(std::move(unique)) {}

std::string OnnxFragment::weight(std::string_view name) const {
  return fmt::format("{}.{}", node_, name);
}

std::string OnnxFragment::weight(std::string_view name, WeightForm form) {
  const std::string full = weight(name);
  forms_[full] = std::move(form);
  return full;
}

std::string OnnxFragment::constant(const Tensor& values) {
  const std::string name = unique_(node_ + ".constant");
  constants_.set(name, values);
  return name;
}

std::string OnnxFragment::constant(const std::vector<int64_t>& values) {
  return constant(at::tensor(values, at::kLong));
}

std::string OnnxFragment::constant(double value) {
  return constant(at::tensor(value, at::kFloat));
}

std::string OnnxFragment::value(std::string_view op_type, std::vector<std::string> inputs,
                                Attributes attributes) {
  const std::string name = unique_(fmt::format("{}.{}", node_, op_type));
  nodes_.push_back({name, std::string(op_type), std::move(inputs), {name}, std::move(attributes)});
  return name;
}

void OnnxFragment::result(std::string_view op_type, std::vector<std::string> inputs,
                          Attributes attributes) {
  nodes_.push_back(
      {node_, std::string(op_type), std::move(inputs), {output_}, std::move(attributes)});
}

namespace {

template <class T>
T attribute_or(const OnnxNode& node, std::string_view name, T otherwise) {
  const auto found = node.attributes.find(name);
  if (found == node.attributes.end()) return otherwise;
  if (const T* value = std::get_if<T>(&found->second)) return *value;
  refuse(node, fmt::format("'{}' is of the wrong type", name));
}

}  // namespace

int64_t onnx_integer(const OnnxNode& node, std::string_view attribute, int64_t otherwise) {
  return attribute_or(node, attribute, otherwise);
}

double onnx_number(const OnnxNode& node, std::string_view attribute, double otherwise) {
  return attribute_or(node, attribute, otherwise);
}

std::string onnx_text(const OnnxNode& node, std::string_view attribute, std::string otherwise) {
  return attribute_or(node, attribute, std::move(otherwise));
}

std::vector<int64_t> onnx_integers(const OnnxNode& node, std::string_view attribute,
                                   std::vector<int64_t> otherwise) {
  return attribute_or(node, attribute, std::move(otherwise));
}

bool onnx_has(const OnnxNode& node, size_t input) {
  return input < node.inputs.size() && !node.inputs[input].empty();
}

const Tensor* onnx_constant(const OnnxNode& node, size_t input, const OnnxSource& source) {
  if (!onnx_has(node, input)) return nullptr;
  const std::string& name = node.inputs[input];
  if (source.batches.find(name) != nullptr) {
    refuse(node, fmt::format("input '{}' depends on the size of the batch", printable(name)));
  }
  return source.constants.find(name);
}

const Tensor& onnx_wanted_constant(const OnnxNode& node, size_t input, const OnnxSource& source) {
  if (!onnx_has(node, input)) refuse(node, fmt::format("input {} is missing", input));
  if (const Tensor* tensor = onnx_constant(node, input, source)) return *tensor;
  refuse(node, fmt::format("input '{}' is no constant", printable(node.inputs[input])));
}

std::vector<int64_t> onnx_integers_or_input(const OnnxNode& node, std::string_view attribute,
                                            size_t input, const OnnxSource& source) {
  if (!onnx_has(node, input)) return onnx_integers(node, attribute, {});
  return integers_of(onnx_wanted_constant(node, input, source));
}

double onnx_number_or_input(const OnnxNode& node, std::string_view attribute, size_t input,
                            double otherwise, const OnnxSource& source) {
  if (!onnx_has(node, input)) return onnx_number(node, attribute, otherwise);
  const Tensor& value = onnx_wanted_constant(node, input, source);
  if (value.numel() != 1) refuse(node, fmt::format("wanted one number as '{}'", attribute));
  return value.item<double>();
}

std::vector<int64_t> integers_of(const Tensor& tensor) {
  const Tensor row = tensor.to(at::kLong).reshape({-1}).contiguous();
  return {row.const_data_ptr<int64_t>(), row.const_data_ptr<int64_t>() + row.numel()};
}

const OnnxLayout& onnx_layout(const OnnxNode& node, size_t input, const OnnxSource& source) {
  if (!onnx_has(node, input)) refuse(node, fmt::format("input {} is missing", input));
  const OnnxLayout& layout = source.layouts.at(input);
  if (layout.sizes.empty()) refuse(node, fmt::format("input {} is a constant", input));
  return layout;
}

const Shape& onnx_shape(const OnnxNode& node, size_t input, const OnnxSource& source) {
  const OnnxLayout& layout = onnx_layout(node, input, source);
  if (!layout.is_batch_first()) {
    refuse(node, fmt::format("wanted the batch in front, got {}", layout.text()));
  }
  return source.graph.shape(node.inputs[input]);
}

size_t onnx_axis(const OnnxNode& node, int64_t axis, size_t rank) {
  const auto dimensions = static_cast<int64_t>(rank);
  const int64_t counted = axis < 0 ? axis + dimensions : axis;
  if (counted < 0 || counted >= dimensions) {
    refuse(node, fmt::format("wanted an axis below {}, got {}", rank, axis));
  }
  return static_cast<size_t>(counted);
}

int64_t axis_from_onnx(const OnnxNode& node, int64_t axis, const OnnxLayout& layout) {
  const size_t counted = onnx_axis(node, axis, layout.rank());
  if (counted == layout.batch_axis) {
    refuse(node,
           fmt::format("wanted an axis other than the batch of {}, got {}", layout.text(), axis));
  }
  return static_cast<int64_t>(layout.stored_axis(counted));
}

std::string node_text(const OnnxNode& node) {
  const std::string& first_output = node.outputs.empty() ? node.name : node.outputs[0];
  return fmt::format("node '{}' ({})", printable(node.name.empty() ? first_output : node.name),
                     printable(node.op_type));
}

void refuse(const OnnxNode& node, std::string_view what) {
  throw Error(ExitCode::model, fmt::format("{}: {}", node_text(node), what));
}

}  // namespace retort
