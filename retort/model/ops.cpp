#include "retort/model/ops.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "retort/base/error.hpp"

namespace retort {

// One file each in ops/.
Op flatten_op();
Op linear_op();
Op relu_op();
Op dropout_op();

const std::vector<Op>& ops() {
  static const std::vector<Op> table = {flatten_op(), linear_op(), relu_op(), dropout_op()};
  return table;
}

const Op& op_named(std::string_view name) {
  std::vector<std::string> names;
  for (const Op& op : ops()) {
    if (op.name == name) return op;
    names.emplace_back(op.name);
  }
  throw Error(ExitCode::model,
              fmt::format("no kind of node '{}'{}", printable(name), suggest(name, names)));
}

namespace {

const Attribute& attribute_of(const Node& node, std::string_view name) {
  const auto found = node.attributes.find(name);
  if (found != node.attributes.end()) return found->second;
  throw Error(ExitCode::model, fmt::format("{}: '{}' is missing", node_text(node), name));
}

template <class T>
T onnx_attribute(const OnnxNode& node, std::string_view name, T otherwise) {
  const auto found = node.attributes.find(name);
  if (found == node.attributes.end()) return otherwise;
  if (const T* value = std::get_if<T>(&found->second)) return *value;
  throw Error(ExitCode::model, fmt::format("{}: '{}' is of the wrong type", node_text(node), name));
}

}  // namespace

int64_t integer(const Node& node, std::string_view attribute) {
  if (const int64_t* value = std::get_if<int64_t>(&attribute_of(node, attribute))) return *value;
  throw Error(ExitCode::model, fmt::format("{}: '{}' is no integer", node_text(node), attribute));
}

double number(const Node& node, std::string_view attribute) {
  const Attribute& value = attribute_of(node, attribute);
  if (const double* real = std::get_if<double>(&value)) return *real;
  if (const int64_t* whole = std::get_if<int64_t>(&value)) return static_cast<double>(*whole);
  throw Error(ExitCode::model, fmt::format("{}: '{}' is no number", node_text(node), attribute));
}

int64_t onnx_integer(const OnnxNode& node, std::string_view attribute, int64_t otherwise) {
  return onnx_attribute(node, attribute, otherwise);
}

double onnx_number(const OnnxNode& node, std::string_view attribute, double otherwise) {
  return onnx_attribute(node, attribute, otherwise);
}

std::string node_text(const Node& node) {
  return fmt::format("node '{}' ({})", printable(node.name), printable(node.op));
}

std::string node_text(const OnnxNode& node) {
  return fmt::format("node '{}' ({})", printable(node.name.empty() ? node.output : node.name),
                     printable(node.op_type));
}

}  // namespace retort
