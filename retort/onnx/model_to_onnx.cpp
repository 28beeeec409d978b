#include <onnx/onnx_pb.h>
// The headers of onnx come before LibTorch's.
#include "retort/model/ops.hpp"
#include "retort/onnx/model_to_onnx.hpp"

#include <fmt/format.h>

#include <nlohmann/json.hpp>
#include <set>

#include "retort/base/error.hpp"

namespace retort {
namespace {

using Json = nlohmann::ordered_json;

// ONNX has one space of names for values and weights; ours are apart. Says which value in the file
// a node's output is.
class ValueNames {
 public:
  ValueNames(const Graph& graph, const std::string& onnx_output) : taken_{onnx_input, onnx_output} {
    for (const ParameterSpec& spec : parameters(graph)) taken_.insert(spec.name);
    values_[std::string(Graph::input_name)] = onnx_input;
    for (const Node& node : graph.nodes()) {
      if (op_named(node.op).to_onnx == nullptr) source_[node.name] = source(node.inputs.at(0));
    }
    values_.try_emplace(source(graph.output()), onnx_output);
    for (const Node& node : graph.nodes()) {
      if (values_.contains(node.name) || source_.contains(node.name)) continue;
      values_[node.name] = unique(node.name);
    }
  }

  /// A name that nothing in the file has yet.
  std::string unique(const std::string& wanted) {
    std::string name = wanted;
    for (int i = 2; !taken_.insert(name).second; ++i) name = fmt::format("{}_{}", wanted, i);
    return name;
  }

  /// The value that a reader of this node (or of the input) reads.
  const std::string& of(const std::string& node) const { return values_.at(source(node)); }

 private:
  // The node itself, or what a node that inference leaves out passes on.
  const std::string& source(const std::string& node) const {
    const auto found = source_.find(node);
    return found == source_.end() ? node : found->second;
  }

  std::set<std::string> taken_;
  std::map<std::string, std::string> source_;
  std::map<std::string, std::string> values_;
};

void set_attribute(onnx::AttributeProto& proto, int64_t value) {
  proto.set_type(onnx::AttributeProto::INT);
  proto.set_i(value);
}
void set_attribute(onnx::AttributeProto& proto, double value) {
  proto.set_type(onnx::AttributeProto::FLOAT);
  proto.set_f(static_cast<float>(value));
}
void set_attribute(onnx::AttributeProto& proto, const std::string& text) {
  proto.set_type(onnx::AttributeProto::STRING);
  proto.set_s(text);
}
void set_attribute(onnx::AttributeProto& proto, const std::vector<double>& values) {
  proto.set_type(onnx::AttributeProto::FLOATS);
  for (const double value : values) proto.add_floats(static_cast<float>(value));
}
void set_attribute(onnx::AttributeProto& proto, const std::vector<int64_t>& values) {
  proto.set_type(onnx::AttributeProto::INTS);
  for (const int64_t value : values) proto.add_ints(value);
}

void add_node(onnx::GraphProto& proto, const OnnxNode& node) {
  onnx::NodeProto& added = *proto.add_node();
  added.set_name(node.name);
  added.set_op_type(node.op_type);
  for (const std::string& input : node.inputs) added.add_input(input);
  for (const std::string& output : node.outputs) added.add_output(output);
  for (const auto& [name, value] : node.attributes) {
    onnx::AttributeProto& attribute = *added.add_attribute();
    attribute.set_name(name);
    std::visit([&](const auto& v) { set_attribute(attribute, v); }, value);
  }
}

void add_constant(onnx::GraphProto& proto, const std::string& name, const Tensor& values) {
  const Tensor tensor = values.detach().to(at::kCPU).contiguous();
  onnx::TensorProto& added = *proto.add_initializer();
  added.set_name(name);
  added.set_data_type(tensor.scalar_type() == at::kLong ? onnx::TensorProto::INT64
                                                        : onnx::TensorProto::FLOAT);
  for (const int64_t size : tensor.sizes()) added.add_dims(size);
  added.set_raw_data(tensor.const_data_ptr(), tensor.nbytes());
}

// The nodes, with their weights and constants.
void add_nodes(onnx::GraphProto& proto, const Model& model, const std::string& onnx_output) {
  const Graph& graph = model.graph;
  ValueNames names(graph, onnx_output);
  const auto unique = [&](const std::string& wanted) { return names.unique(wanted); };
  for (const Node& node : graph.nodes()) {
    const Op& op = op_named(node.op);
    if (op.to_onnx == nullptr) continue;
    const Shapes shapes = graph.input_shapes(node);
    std::vector<std::string> inputs;
    for (const std::string& input : node.inputs) inputs.push_back(names.of(input));
    OnnxFragment fragment(node, inputs, names.of(node.name), unique);
    op.to_onnx(node, shapes, fragment);
    for (const OnnxNode& onnx_node : fragment.nodes()) add_node(proto, onnx_node);
    for (const auto& [name, tensor] : fragment.constants()) add_constant(proto, name, tensor);
    for (const ParameterSpec& spec : op.parameters(node, shapes)) {
      const std::string name = node.name + "." + spec.name;
      const auto form = fragment.forms().find(name);
      const Tensor& weight = model.weights.at(name);
      add_constant(proto, name, form == fragment.forms().end() ? weight : form->second(weight));
    }
  }
  if (names.of(graph.output()) == onnx_input) {
    add_node(proto, {graph.output(), "Identity", {onnx_input}, {onnx_output}, {}});
  }
}

void describe_value(onnx::ValueInfoProto& proto, const std::string& name, const Shape& shape) {
  proto.set_name(name);
  onnx::TypeProto_Tensor& type = *proto.mutable_type()->mutable_tensor_type();
  type.set_elem_type(onnx::TensorProto::FLOAT);
  type.mutable_shape()->add_dim()->set_dim_param("N");
  for (const int64_t size : shape) type.mutable_shape()->add_dim()->set_dim_value(size);
}

void add_metadata(onnx::ModelProto& proto, const Graph& graph,
                  const std::map<std::string, std::string>& notes) {
  const auto add = [&](const std::string& key, const std::string& value) {
    onnx::StringStringEntryProto& entry = *proto.add_metadata_props();
    entry.set_key(key);
    entry.set_value(value);
  };
  const Json normalisation = {{"mean", graph.normalisation.mean},
                              {"deviation", graph.normalisation.deviation}};
  std::map<std::string, std::string> ours;
  try {
    ours = {{onnx_classes_key, Json(graph.classes).dump()},
            {onnx_input_shape_key, Json(graph.input_shape()).dump()},
            {onnx_normalisation_key, normalisation.dump()}};
  } catch (const Json::exception&) {
    throw Error(ExitCode::model, "a class name is no UTF-8");
  }
  // Ours come last, so that a file that was cut off shows it by their absence.
  for (const auto& [key, value] : notes) {
    if (!ours.contains(key)) add(key, value);
  }
  for (const auto& [key, value] : ours) add(key, value);
}

Model with_softmax(Model model) {
  std::string name = "softmax";
  while (model.graph.contains(name)) name += "_";
  model.graph.add("softmax", name, model.graph.output(), {{"axis", int64_t{0}}});
  return model;
}

}  // namespace

onnx::ModelProto model_to_onnx(const Model& model, const std::map<std::string, std::string>& notes,
                               OnnxOutput output) {
  const bool probabilities = output == OnnxOutput::probabilities;
  const Model written = probabilities ? with_softmax(model) : model;
  const Graph& graph = written.graph;
  const std::string name = probabilities ? "probabilities" : "logits";
  onnx::ModelProto proto;
  proto.set_ir_version(onnx_ir_version);
  proto.set_producer_name(onnx_producer);
  proto.add_opset_import()->set_version(onnx_opset);
  onnx::GraphProto& onnx_graph = *proto.mutable_graph();
  onnx_graph.set_name(onnx_producer);
  describe_value(*onnx_graph.add_input(), onnx_input, graph.input_shape());
  describe_value(*onnx_graph.add_output(), name, graph.shape(graph.output()));
  add_nodes(onnx_graph, written, name);
  std::map<std::string, std::string> all_notes = notes;
  if (probabilities) all_notes[onnx_output_key] = Json(name).dump();
  add_metadata(proto, graph, all_notes);
  return proto;
}

}  // namespace retort
