#include "retort/model/graph.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "retort/base/error.hpp"
#include "retort/model/ops.hpp"

namespace retort {
namespace {

// Sizes come from files of strangers: products must stay far from overflow.
constexpr int64_t most_elements = int64_t{1} << 40;

void check_sizes(const Shape& shape, const std::string& where) {
  int64_t product = 1;
  for (const int64_t size : shape) {
    if (size < 1 || size > most_elements / product) {
      throw Error(ExitCode::model,
                  fmt::format("{}: impossible shape {}", where, shape_text(shape)));
    }
    product *= size;
  }
}

}  // namespace

Graph::Graph(Shape input_shape) : input_shape_(std::move(input_shape)) {
  check_sizes(input_shape_, "input");
}

std::string Graph::add(Node node) {
  const std::string where = node_text(node);
  if (node.name.empty() || node.name == input_name) {
    throw Error(ExitCode::model,
                fmt::format("{}: a node needs a name other than '{}'", where, input_name));
  }
  if (positions_.contains(node.name)) {
    throw Error(ExitCode::model, fmt::format("{}: the name is taken by an earlier node", where));
  }
  const Op& op = op_named(node.op);
  const std::vector<Shape> inputs = input_shapes(node);
  Shape output = op.shape(node, inputs);
  check_sizes(output, where);
  for (const ParameterSpec& spec : op.parameters(node, inputs)) check_sizes(spec.shape, where);
  positions_[node.name] = nodes_.size();
  nodes_.push_back(std::move(node));
  shapes_.push_back(std::move(output));
  return nodes_.back().name;
}

const std::string& Graph::output() const {
  if (nodes_.empty()) throw Error(ExitCode::model, "the model has no nodes");
  return nodes_.back().name;
}

const Shape& Graph::shape(std::string_view name) const {
  if (name == input_name) return input_shape_;
  return shapes_[position(name)];
}

size_t Graph::position(std::string_view name) const {
  const auto found = positions_.find(name);
  if (found != positions_.end()) return found->second;
  const auto alias = aliases_.find(name);
  if (alias != aliases_.end()) return alias->second;
  throw Error(ExitCode::model,
              fmt::format("no node '{}'{}", printable(name), suggest(name, names())));
}

void Graph::add_alias(const std::string& alias, std::string_view node) {
  aliases_.try_emplace(alias, position(node));
}

std::vector<Shape> Graph::input_shapes(const Node& node) const {
  std::vector<Shape> result;
  for (const std::string& input : node.inputs) result.push_back(shape(input));
  return result;
}

std::string Graph::features() const {
  const Node* node = &nodes_.back();
  while (node->op != "linear" && node->op != "conv") {
    if (node->inputs.size() != 1 || node->inputs[0] == input_name) return {};
    node = &nodes_[position(node->inputs[0])];
  }
  return node->inputs[0];
}

std::vector<std::string> Graph::names() const {
  std::vector<std::string> result{std::string(input_name)};
  for (const Node& node : nodes_) result.push_back(node.name);
  return result;
}

void check_normalisation(const Graph& graph) {
  const auto& [mean, deviation] = graph.normalisation;
  const size_t channels =
      graph.input_shape().size() == 3 ? static_cast<size_t>(graph.input_shape()[0]) : 0;
  if (mean.empty() && deviation.empty()) return;
  if (mean.size() != channels || deviation.size() != channels) {
    throw Error(
        ExitCode::model,
        fmt::format("normalisation: wanted {} means and deviations (one a channel), got {} and {}",
                    channels, mean.size(), deviation.size()));
  }
  if (std::any_of(deviation.begin(), deviation.end(), [](double d) { return !(d > 0); })) {
    throw Error(ExitCode::model, "normalisation: wanted deviations above 0");
  }
}

Cost cost(const Graph& graph) {
  Cost total;
  for (const Node& node : graph.nodes()) {
    const int64_t macs = op_named(node.op).macs(node, graph.input_shapes(node));
    total.macs = std::min(total.macs + macs, most_count);
  }
  for (const ParameterSpec& spec : parameters(graph)) {
    if (spec.trained) total.parameters += element_count(spec.shape);
  }
  return total;
}

std::vector<ParameterSpec> parameters(const Graph& graph) {
  std::vector<ParameterSpec> result;
  for (const Node& node : graph.nodes()) {
    for (ParameterSpec spec : op_named(node.op).parameters(node, graph.input_shapes(node))) {
      spec.name = node.name + "." + spec.name;
      result.push_back(std::move(spec));
    }
  }
  return result;
}

}  // namespace retort
