#include <onnx/onnx_pb.h>
// The headers of onnx come before LibTorch's.
#include "retort/onnx/model_from_onnx.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <set>

#include "retort/base/error.hpp"
#include "retort/onnx/constants.hpp"
#include "retort/onnx/foreign_forms.hpp"
#include "retort/onnx/foreign_graph.hpp"
#include "retort/onnx/model_to_onnx.hpp"
#include "retort/onnx/node_names.hpp"

namespace retort {
namespace {

using Json = nlohmann::json;

const Op* op_of_onnx_type(std::string_view type) {
  for (const Op& op : ops()) {
    if (std::count(op.onnx_types.begin(), op.onnx_types.end(), type) > 0) return &op;
  }
  return nullptr;
}

void check_operators(const ForeignGraph& graph) {
  std::map<std::string, std::string> missing;  // operator -> a node
  for (const auto& [node, proto] : graph.nodes) {
    if (op_of_onnx_type(node.op_type) == nullptr) missing.try_emplace(node.op_type, node.name);
  }
  if (missing.empty()) return;
  std::vector<std::string> words, known;
  for (const auto& [type, node] : missing) {
    words.push_back(fmt::format("{} (node '{}')", printable(type), printable(node)));
  }
  for (const Op& op : ops()) {
    for (const std::string_view type : op.onnx_types) known.emplace_back(type);
  }
  throw Error(ExitCode::model,
              fmt::format("no counterpart here for {}; there are: {}", join(words), join(known)));
}

// Adds the nodes of the file to a model one by one.
class Import {
 public:
  explicit Import(const ForeignGraph& foreign)
      : foreign_(foreign), model_{Graph(foreign.input_shape), {}} {
    names_.reserve(std::string(Graph::input_name));
    for (const auto& [name, constant] : foreign.constants) names_.reserve(name);
    nodes_[foreign.input] = Graph::input_name;
  }

  Model run() {
    for (const ForeignNode& node : foreign_.nodes) add(node);
    return std::move(model_);
  }

 private:
  void add(const ForeignNode& foreign) {
    OnnxNode node = foreign.node;
    node.attributes = attributes_from_onnx(foreign);
    NamedTensors constants;
    for (std::string& input : node.inputs) {
      if (input.empty()) continue;
      const auto constant = foreign_.constants.find(input);
      if (constant == foreign_.constants.end()) {
        input = node_of(input, node);
      } else if (constants.find(input) == nullptr) {
        constants.set(input, tensor_from_onnx(*constant->second, input));
      }
    }
    const std::vector<std::string> values = node.outputs;
    name_outputs(node);
    const OnnxSource source{foreign_.opset, constants, model_.graph};
    add(op_of_onnx_type(node.op_type)->from_onnx(node, source), node);
    for (size_t i = 0; i < values.size(); ++i) {
      if (made_.contains(node.outputs[i])) nodes_[values[i]] = node.outputs[i];
    }
  }

  // In place of the file's names those that our nodes get. The first value is named like the node.
  void name_outputs(OnnxNode& node) {
    node.name = names_.unique(node.name);
    for (std::string& output : node.outputs) {
      if (output.empty()) continue;
      output = &output == &node.outputs[0] ? node.name : names_.unique(output);
    }
  }

  // Nodes that make no value of the file get names that nobody else has.
  void add(ImportedNodes imported, const OnnxNode& from) {
    std::map<std::string, std::string> renamed;
    for (auto& [node, weights] : imported) {
      for (std::string& input : node.inputs) {
        if (renamed.contains(input)) input = renamed.at(input);
      }
      if (std::count(from.outputs.begin(), from.outputs.end(), node.name) == 0) {
        renamed[node.name] = names_.unique(node.name);
        node.name = renamed.at(node.name);
      }
      add(std::move(node), weights);
    }
  }

  void add(Node imported, const std::vector<Tensor>& weights) {
    const std::string name = model_.graph.add(std::move(imported));
    made_.insert(name);
    const Node& node = model_.graph.nodes().back();
    const std::vector<ParameterSpec> specs =
        op_named(node.op).parameters(node, model_.graph.input_shapes(node));
    for (size_t i = 0; i < specs.size(); ++i) {
      model_.weights.set(name + "." + specs[i].name, weights.at(i));
    }
  }

  const std::string& node_of(const std::string& value, const OnnxNode& reader) const {
    const auto found = nodes_.find(value);
    if (found != nodes_.end()) return found->second;
    throw Error(ExitCode::model, fmt::format("{}: reads '{}', which nothing here makes",
                                             node_text(reader), printable(value)));
  }

  const ForeignGraph& foreign_;
  Model model_;
  NodeNames names_;
  std::set<std::string> made_;                // names of the nodes so far
  std::map<std::string, std::string> nodes_;  // value in the file -> node of ours
};

// The classes are dimension 1 of the logits.
void check_softmax(const FinalSoftmax& softmax, const Graph& graph, int64_t opset) {
  const auto dimensions = static_cast<int64_t>(graph.shape(graph.output()).size()) + 1;
  const int64_t axis = softmax.axis < 0 ? softmax.axis + dimensions : softmax.axis;
  // Before opset 13 a softmax went over all dimensions from its axis on.
  if (axis == 1 && (opset >= 13 || dimensions == 2)) return;
  throw Error(ExitCode::model, fmt::format("{}: wanted it over the classes (axis 1), got axis {}",
                                           softmax.node_text, softmax.axis));
}

template <class T>
T parsed(const std::string& key, const std::string& text) {
  try {
    return Json::parse(text).get<T>();
  } catch (const Json::exception&) {
    throw Error(ExitCode::model, fmt::format("the metadata '{}' cannot be read", key));
  }
}

void restore_metadata(const onnx::ModelProto& proto, Graph& graph) {
  std::map<std::string, std::string> metadata;
  for (const auto& entry : proto.metadata_props()) metadata[entry.key()] = entry.value();
  const auto text = [&](const char* key) -> const std::string* {
    const auto found = metadata.find(key);
    if (found != metadata.end()) return &found->second;
    if (proto.producer_name() != onnx_producer) return nullptr;
    throw Error(ExitCode::model,
                fmt::format("the metadata '{}' is missing; the file is cut off", key));
  };
  if (const std::string* classes = text(onnx_classes_key)) {
    graph.classes = parsed<std::vector<std::string>>(onnx_classes_key, *classes);
    const Shape& shape = graph.shape(graph.output());
    if (!graph.classes.empty() && graph.classes.size() != static_cast<size_t>(shape.at(0))) {
      throw Error(ExitCode::model, fmt::format("{} class names for an output of {}",
                                               graph.classes.size(), shape_text(shape)));
    }
  }
  if (const std::string* shape = text(onnx_input_shape_key)) {
    if (parsed<Shape>(onnx_input_shape_key, *shape) != graph.input_shape()) {
      throw Error(ExitCode::model, fmt::format("the input is {}, the metadata say otherwise",
                                               shape_text(graph.input_shape())));
    }
  }
  if (const std::string* normalisation = text(onnx_normalisation_key)) {
    using Lists = std::map<std::string, std::vector<double>>;
    Lists lists = parsed<Lists>(onnx_normalisation_key, *normalisation);
    graph.normalisation = {lists["mean"], lists["deviation"]};
    check_normalisation(graph);
  }
}

}  // namespace

Model model_from_onnx(const onnx::ModelProto& proto) {
  ForeignGraph foreign = foreign_graph_from_onnx(proto);
  const std::optional<FinalSoftmax> softmax = leave_out_softmax(foreign);
  keep_needed(foreign);
  matmul_to_gemm(foreign);
  check_operators(foreign);
  Model model = Import(foreign).run();
  if (softmax) check_softmax(*softmax, model.graph, foreign.opset);
  model.graph.output();  // throws when there are no nodes
  check_weights(model, "the model");
  restore_metadata(proto, model.graph);
  return model;
}

}  // namespace retort
