#include <onnx/onnx_pb.h>
// The headers of onnx come before LibTorch's.
#include "retort/onnx/foreign_graph.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <set>

#include "retort/base/error.hpp"
#include "retort/onnx/model_to_onnx.hpp"

namespace retort {
namespace {

// Operators keep their meaning from set to set but for new types; older sets broadcast otherwise.
constexpr int64_t oldest_opset = 7;
constexpr int64_t newest_opset = 28;
// Far above any classifier: a file of a stranger must not cost hours.
constexpr int most_nodes = 10'000;
constexpr int most_inputs = 1000;
constexpr int64_t most_batch = int64_t{1} << 20;  // sizes are multiplied by it

[[noreturn]] void fail(const std::string& what) {
  throw Error(ExitCode::model, what);
}

int64_t default_opset(const onnx::ModelProto& model) {
  int64_t version = 0;
  for (const auto& import : model.opset_import()) {
    if (import.domain().empty() || import.domain() == "ai.onnx") version = import.version();
  }
  if (version < oldest_opset || version > newest_opset) {
    fail(fmt::format("wanted an operator set (opset) from {} to {}, got {}", oldest_opset,
                     newest_opset, version));
  }
  return version;
}

void check_kind(const onnx::ModelProto& model) {
  const onnx::GraphProto& graph = model.graph();
  if (model.functions_size() > 0) fail("the model has functions of its own; inline them");
  if (graph.sparse_initializer_size() > 0) fail("the model has sparse constants");
  if (graph.node_size() > most_nodes) {
    fail(fmt::format("{} nodes, at most {}", graph.node_size(), most_nodes));
  }
}

std::string dimensions_text(const onnx::TensorShapeProto& shape) {
  std::vector<std::string> words;
  for (const auto& dim : shape.dim()) {
    words.push_back(dim.has_dim_value() ? std::to_string(dim.dim_value())
                                        : printable(dim.has_dim_param() ? dim.dim_param() : "?"));
  }
  return join(words);
}

bool is_real(int32_t type) {
  return type == onnx::TensorProto::FLOAT || type == onnx::TensorProto::FLOAT16 ||
         type == onnx::TensorProto::BFLOAT16 || type == onnx::TensorProto::DOUBLE;
}

// [H, W, C], as TensorFlow has images: few channels at the end, and many rows in front.
bool is_channels_last(const Shape& shape) {
  return shape.size() == 3 && shape[0] > 4 && (shape[2] == 1 || shape[2] == 3 || shape[2] == 4);
}

void read_input(const onnx::ValueInfoProto& input, ForeignGraph& result) {
  const std::string where = fmt::format("input '{}'", printable(input.name()));
  const onnx::TypeProto_Tensor& type = input.type().tensor_type();
  if (!is_real(type.elem_type())) {
    const auto given = static_cast<onnx::TensorProto_DataType>(type.elem_type());
    fail(fmt::format("{}: wanted a tensor of fp32, got {}", where,
                     onnx::TensorProto_DataType_IsValid(given)
                         ? onnx::TensorProto_DataType_Name(given)
                         : std::to_string(type.elem_type())));
  }
  Shape shape;
  for (int i = 1; i < type.shape().dim_size(); ++i) {
    const auto& dim = type.shape().dim(i);
    if (!dim.has_dim_value() || dim.dim_value() < 1) shape.clear();
    if (!dim.has_dim_value() || dim.dim_value() < 1) break;
    shape.push_back(dim.dim_value());
  }
  if (shape.empty()) {
    fail(fmt::format("{}: wanted a shape that is fixed but for the batch, got [{}]", where,
                     dimensions_text(type.shape())));
  }
  result.input = input.name();
  result.channels_last = !result.ours && is_channels_last(shape);
  result.input_shape = result.channels_last ? Shape{shape[2], shape[0], shape[1]} : shape;
  const auto& batch = type.shape().dim(0);
  if (batch.has_dim_value() && batch.dim_value() > most_batch) {
    fail(fmt::format("{}: a batch of {}, at most {}", where, batch.dim_value(), most_batch));
  }
  if (batch.has_dim_value() && batch.dim_value() > 0) result.batch = batch.dim_value();
}

// Walks the nodes in order and turns their words into ours.
class Walk {
 public:
  Walk(const onnx::ModelProto& model, ForeignGraph& result)
      : graph_(model.graph()), result_(result) {
    result_.ours = model.producer_name() == onnx_producer;
  }

  void run() {
    for (const onnx::TensorProto& constant : graph_.initializer()) {
      add_value(constant.name());
      result_.constants[constant.name()] = &constant;
    }
    find_input();
    for (const onnx::NodeProto& node : graph_.node()) {
      outputs_.insert(node.output().begin(), node.output().end());
    }
    for (const onnx::NodeProto& node : graph_.node()) add_node(node);
    find_output();
  }

 private:
  // Before IR 4 the constants were listed among the inputs too.
  void find_input() {
    std::vector<std::string> names;
    for (const onnx::ValueInfoProto& input : graph_.input()) {
      if (result_.constants.contains(input.name())) continue;
      names.push_back(printable(input.name()));
      if (names.size() > 1) continue;
      add_value(input.name());
      read_input(input, result_);
    }
    if (names.size() != 1)
      fail(fmt::format("wanted 1 input, got {}: {}", names.size(), join(names)));
  }

  void find_output() {
    if (graph_.output_size() == 0) fail("wanted an output, got none");
    result_.output = source(graph_.output(0).name());
    result_.output_rank = graph_.output(0).type().tensor_type().shape().dim_size();
    for (int i = 1; i < graph_.output_size(); ++i) {
      result_.other_outputs.push_back(graph_.output(i).name());
    }
    if (!made_.contains(result_.output)) {
      fail(fmt::format("nothing makes the output '{}'", printable(result_.output)));
    }
  }

  void add_value(const std::string& name) {
    if (name.empty()) fail("a constant or input without a name");
    if (!made_.insert(name).second) {
      fail(fmt::format("the name '{}' is there twice", printable(name)));
    }
  }

  void add_node(const onnx::NodeProto& proto) {
    ForeignNode node = in_our_words(proto);
    for (const onnx::AttributeProto& attribute : proto.attribute()) {
      if (attribute.has_g() || attribute.graphs_size() > 0) {
        fail(fmt::format("{}: holds a subgraph, which has no counterpart here",
                         node_text(node.node)));
      }
    }
    for (const std::string& output : proto.output()) {
      if (!output.empty()) add_value(output);
    }
    const std::vector<std::string>& outputs = node.node.outputs;
    if (std::all_of(outputs.begin(), outputs.end(), std::mem_fn(&std::string::empty))) return;
    if (node.node.op_type == "Identity" && node.node.inputs.size() == 1) {
      sources_[outputs[0]] = node.node.inputs[0];
    } else if (!add_constant(proto, node.node)) {
      add_element(proto, node);
      result_.nodes.push_back(node);
    }
  }

  ForeignNode in_our_words(const onnx::NodeProto& proto) const {
    const bool standard = proto.domain().empty() || proto.domain() == "ai.onnx";
    OnnxNode node;
    node.op_type = standard ? proto.op_type() : proto.domain() + "." + proto.op_type();
    node.outputs.assign(proto.output().begin(), proto.output().end());
    while (node.outputs.size() > 1 && node.outputs.back().empty()) node.outputs.pop_back();
    node.name = proto.name();
    if (node.name.empty() && !node.outputs.empty()) node.name = node.outputs[0];
    if (proto.input_size() > most_inputs) {
      fail(fmt::format("{}: {} inputs, at most {}", node_text(node), proto.input_size(),
                       most_inputs));
    }
    for (const std::string& input : proto.input()) {
      node.inputs.push_back(source(input));
      if (!input.empty() && !made_.contains(input)) {
        fail(fmt::format("{}: reads '{}', which nothing before it makes", node_text(node),
                         printable(input)));
      }
    }
    return {node, &proto};
  }

  bool add_constant(const onnx::NodeProto& proto, const OnnxNode& node) {
    if (node.op_type != "Constant" || proto.attribute_size() == 0) return false;
    const onnx::TensorProto* constant = constant_of(proto.attribute(0));
    if (constant != nullptr) result_.constants[node.outputs[0]] = constant;
    return constant != nullptr;
  }

  // A tensor, a number or a list of numbers; null for anything else.
  const onnx::TensorProto* constant_of(const onnx::AttributeProto& attribute) {
    if (attribute.name() == "value" && attribute.has_t()) return &attribute.t();
    auto made = std::make_shared<onnx::TensorProto>();
    if (attribute.name() == "value_float") made->add_float_data(attribute.f());
    if (attribute.name() == "value_floats") *made->mutable_float_data() = attribute.floats();
    if (attribute.name() == "value_int") made->add_int64_data(attribute.i());
    if (attribute.name() == "value_ints") *made->mutable_int64_data() = attribute.ints();
    const bool is_list = attribute.name().ends_with('s');
    const bool real = attribute.name().starts_with("value_float");
    if (!real && !attribute.name().starts_with("value_int")) return nullptr;
    made->set_data_type(real ? onnx::TensorProto::FLOAT : onnx::TensorProto::INT64);
    if (is_list) made->add_dims(real ? made->float_data_size() : made->int64_data_size());
    result_.made.push_back(made);
    return made.get();
  }

  // The element of a ConstantOfShape as a second input, since it is a tensor.
  void add_element(const onnx::NodeProto& proto, ForeignNode& node) {
    if (node.node.op_type != "ConstantOfShape" || proto.attribute_size() != 1) return;
    const onnx::AttributeProto& value = proto.attribute(0);
    if (value.name() != "value" || !value.has_t()) return;
    // No name of the file, not even of a later node.
    std::string name = node.node.outputs[0] + ".value";
    while (made_.contains(name) || outputs_.contains(name)) name += "'";
    result_.constants[name] = &value.t();
    node.node.inputs.push_back(name);
    node.proto = nullptr;
  }

  // The value itself, or what an Identity passes on under this name.
  std::string source(const std::string& value) const {
    const auto found = sources_.find(value);
    return found == sources_.end() ? value : found->second;
  }

  const onnx::GraphProto& graph_;
  ForeignGraph& result_;
  std::set<std::string> made_;
  std::set<std::string> outputs_;  // of all nodes
  std::map<std::string, std::string> sources_;
};

}  // namespace

ForeignGraph foreign_graph_from_onnx(const onnx::ModelProto& model) {
  check_kind(model);
  ForeignGraph result;
  result.opset = default_opset(model);
  Walk(model, result).run();
  return result;
}

Attributes attributes_from_onnx(const ForeignNode& node) {
  Attributes result;
  if (node.proto == nullptr) return result;
  for (const onnx::AttributeProto& attribute : node.proto->attribute()) {
    if (attribute.has_i()) {
      result[attribute.name()] = int64_t{attribute.i()};
    } else if (attribute.has_f()) {
      result[attribute.name()] = static_cast<double>(attribute.f());
    } else if (attribute.has_s()) {
      result[attribute.name()] = attribute.s();
    } else if (attribute.floats_size() > 0) {
      result[attribute.name()] =
          std::vector<double>(attribute.floats().begin(), attribute.floats().end());
    } else if (attribute.ints_size() > 0 || attribute.type() == onnx::AttributeProto::INTS) {
      result[attribute.name()] =
          std::vector<int64_t>(attribute.ints().begin(), attribute.ints().end());
    } else {
      fail(fmt::format("{}: the attribute '{}' is of a kind that has no counterpart here",
                       node_text(node.node), printable(attribute.name())));
    }
  }
  return result;
}

}  // namespace retort
