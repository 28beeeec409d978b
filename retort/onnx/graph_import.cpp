#include <onnx/onnx_pb.h>
// The headers of onnx come before LibTorch's.
#include "retort/onnx/graph_import.hpp"

#include <ATen/TensorOperators.h>
#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "retort/base/error.hpp"
#include "retort/onnx/constants.hpp"
#include "retort/onnx/node_names.hpp"
#include "retort/onnx/shape_arithmetic.hpp"

namespace retort {
namespace {

const Op* op_of_onnx_type(std::string_view type) {
  for (const Op& op : ops()) {
    if (std::count(op.onnx_types.begin(), op.onnx_types.end(), type) > 0) return &op;
  }
  return nullptr;
}

// What is read of data without being a node: its shape, and casts, which change no fp32.
bool is_read_of_data(std::string_view type) {
  return type == "Shape" || type == "Size" || type == "Cast";
}

// A value of the file that depends on the input.
struct DataValue {
  std::string node;
  OnnxLayout layout;
};

class Import {
 public:
  Import(const ForeignGraph& foreign, const Path& folder)
      : foreign_(foreign), folder_(folder), model_{Graph(foreign.input_shape), {}} {
    names_.reserve(std::string(Graph::input_name));
    // It means the last node, so that in other programs' files no other node may bear it.
    if (!foreign.ours) names_.reserve(std::string(Graph::output_name));
    for (const auto& [name, constant] : foreign.constants) names_.reserve(name);
    add_input();
  }

  Model run() {
    for (const ForeignNode& node : foreign_.nodes) {
      if (!node.passes_on && node.node.op_type != "Cast") last_ = &node;
    }
    for (const ForeignNode& node : foreign_.nodes) {
      try {
        add(node);
      } catch (const std::out_of_range&) {
        refuse(node.node, "inputs that do not fit");
      }
    }
    for (const auto& [value, data] : data_) {
      // What only casts the input has no node.
      if (data.node != Graph::input_name) model_.graph.add_alias(value, data.node);
    }
    return std::move(model_);
  }

 private:
  void add_input() {
    const Shape& image = foreign_.input_shape;
    DataValue& input = data_[foreign_.input];
    input = {std::string(Graph::input_name), OnnxLayout::batch_first(image)};
    if (!foreign_.channels_last) return;
    input = {names_.unique("channels_last"),
             OnnxLayout::batch_first({image[1], image[2], image[0]})};
    model_.graph.add("transpose", input.node, Graph::input_name,
                     {{"permutation", std::vector<int64_t>{1, 2, 0}}});
  }

  void add(const ForeignNode& foreign) {
    OnnxNode node = foreign.node;
    node.attributes = attributes_from_onnx(foreign);
    if (foreign.passes_on) return pass_on(node);
    const auto is_data = [&](const std::string& input) { return data_.contains(input); };
    if (std::any_of(node.inputs.begin(), node.inputs.end(), is_data)) {
      if (is_read_of_data(node.op_type)) return read_of_data(node);
      return add_data(foreign, std::move(node));
    }
    std::vector<const KnownValue*> inputs;
    for (const std::string& input : node.inputs) {
      inputs.push_back(input.empty() ? nullptr : &known(input, node));
    }
    std::optional<KnownValue> value = computed(node, inputs);
    if (!value) refuse(node, "it cannot be computed for every batch");
    count_elements(node, value->fixed);
    known_[node.outputs[0]] = *std::move(value);
  }

  // Constants that a file of a stranger has computed must not fill the memory.
  void count_elements(const OnnxNode& node, const Tensor& value) {
    constexpr int64_t most = int64_t{1} << 29;
    elements_ += value.numel();
    if (elements_ > most) refuse(node, "the file computes too many constants");
  }

  // A softmax that is left out. It has to go over the classes, which are dimension 1 or all there
  // is of a sample.
  void pass_on(const OnnxNode& node) {
    const auto data = data_.find(node.inputs[0]);
    if (data == data_.end()) refuse(node, "its input is a constant");
    const OnnxLayout& layout = data->second.layout;
    if (node.op_type != "Log") {
      const bool old = foreign_.opset < 13;
      const size_t axis = onnx_axis(node, onnx_integer(node, "axis", old ? 1 : -1), layout.rank());
      // Before opset 13 it went over all dimensions from its axis on.
      int64_t summed = 1;
      for (size_t i = axis; i < (old ? layout.rank() : axis + 1); ++i) summed *= layout.sizes[i];
      const bool whole = axis > layout.batch_axis && summed == element_count(layout.sizes);
      if (!whole && (axis != 1 || old || !layout.is_batch_first())) {
        refuse(node, fmt::format("wanted it over the classes (axis 1), got axis {} of {}", axis,
                                 layout.text()));
      }
      model_.remarks.push_back(
          fmt::format("{} at the end is left out: the answers are logits", node_text(node)));
    }
    data_[node.outputs[0]] = data->second;
  }

  // Shape, Size, Cast to a real type.
  void read_of_data(const OnnxNode& node) {
    const auto found = data_.find(node.inputs[0]);
    if (found == data_.end()) refuse(node, "wanted data as its first input");
    const DataValue data = found->second;
    const KnownValue sizes = shape_of(data.layout);
    if (node.op_type == "Shape") {
      const int64_t start = onnx_integer(node, "start", 0);
      const int64_t end = onnx_integer(node, "end", INT64_MAX);
      known_[node.outputs[0]] = {sizes.fixed.slice(0, start, end),
                                 sizes.batches.slice(0, start, end)};
      return;
    }
    if (node.op_type == "Size") {
      const Tensor none = sizes.fixed.new_zeros({});
      known_[node.outputs[0]] = {none, none + element_count(data.layout.sizes)};
      return;
    }
    const int64_t to = onnx_integer(node, "to", 1);
    if (to != 1 && to != 10 && to != 11 && to != 16) refuse(node, "data made integers");
    data_[node.outputs[0]] = data;
  }

  void add_data(const ForeignNode& foreign, OnnxNode node) {
    const Op* op = op_of_onnx_type(node.op_type);
    if (op == nullptr) refuse(node, "no counterpart here for what depends on the input");
    NamedTensors constants, batches;
    std::vector<OnnxLayout> layouts;
    for (std::string& input : node.inputs) {
      layouts.emplace_back();
      const auto data = data_.find(input);
      if (data != data_.end()) {
        layouts.back() = data->second.layout;
        input = data->second.node;
      } else if (!input.empty()) {
        const KnownValue& value = known(input, node);
        constants.set(input, value.fixed);
        if (value.batches.defined()) batches.set(input, value.batches);
      }
    }
    const std::vector<std::string> values = node.outputs;
    // Behind an answer of other rank a flatten may be the last.
    if (&foreign == last_ && foreign_.output_rank == 2)
      names_.release(std::string(Graph::output_name));
    name_outputs(node);
    const OnnxSource source{foreign_.opset, foreign_.batch, constants,
                            batches,        model_.graph,   layouts};
    add(op->from_onnx(node, source), node, layouts);
    for (size_t i = 0; i < values.size(); ++i) {
      const auto layout = made_.find(node.outputs[i]);
      if (layout == made_.end() || values[i].empty()) continue;
      data_[values[i]] = {node.outputs[i], layout->second};
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
  void add(ImportedNodes imported, const OnnxNode& from, const std::vector<OnnxLayout>& layouts) {
    std::map<std::string, std::string> renamed;
    for (auto& [node, weights, layout] : imported) {
      for (std::string& input : node.inputs) {
        if (renamed.contains(input)) input = renamed.at(input);
      }
      const bool is_value = std::count(from.outputs.begin(), from.outputs.end(), node.name) > 0;
      if (!is_value) {
        renamed[node.name] = names_.unique(node.name);
        node.name = renamed.at(node.name);
      }
      const std::string name = add(std::move(node), weights);
      if (!is_value) continue;
      const OnnxLayout& made = made_[name] = layout ? *layout : layout_like(layouts, name, from);
      if (made.stored() != model_.graph.shape(name)) {
        refuse(from, fmt::format("its value of {} does not lie as {} does",
                                 shape_text(model_.graph.shape(name)), made.text()));
      }
    }
  }

  // A node that says nothing of its value's layout keeps the one of its first input.
  OnnxLayout layout_like(const std::vector<OnnxLayout>& layouts, const std::string& name,
                         const OnnxNode& from) const {
    const Shape& stored = model_.graph.shape(name);
    const auto data = std::find_if(layouts.begin(), layouts.end(),
                                   [](const OnnxLayout& one) { return !one.sizes.empty(); });
    if (data->is_batch_first()) return OnnxLayout::batch_first(stored);
    if (data->stored().size() != stored.size()) {
      refuse(from, fmt::format("wanted the batch in front, got {}", data->text()));
    }
    return data->with_stored(stored);
  }

  std::string add(Node imported, const std::vector<Tensor>& weights) {
    const std::string name = model_.graph.add(std::move(imported));
    const Node& node = model_.graph.nodes().back();
    const std::vector<ParameterSpec> specs =
        op_named(node.op).parameters(node, model_.graph.input_shapes(node));
    for (size_t i = 0; i < specs.size(); ++i) {
      model_.weights.set(name + "." + specs[i].name, weights.at(i).to(at::kFloat));
    }
    return name;
  }

  // A constant of the file, read when it is first asked for, or one that was computed.
  const KnownValue& known(const std::string& value, const OnnxNode& reader) {
    const auto found = known_.find(value);
    if (found != known_.end()) return found->second;
    const auto constant = foreign_.constants.find(value);
    if (constant == foreign_.constants.end()) {
      throw Error(ExitCode::model, fmt::format("{}: reads '{}', which nothing here makes",
                                               node_text(reader), printable(value)));
    }
    return known_[value] = {tensor_from_onnx(*constant->second, value, folder_)};
  }

  const ForeignGraph& foreign_;
  const Path& folder_;
  Model model_;
  NodeNames names_;
  const ForeignNode* last_ = nullptr;        // the one that makes the output
  std::map<std::string, DataValue> data_;    // values of the file, by their names there
  std::map<std::string, KnownValue> known_;  // likewise
  std::map<std::string, OnnxLayout> made_;   // by the names of our nodes
  int64_t elements_ = 0;
};

}  // namespace

void check_operators(const ForeignGraph& graph) {
  std::map<std::string, std::string> missing;  // operator -> a node
  std::set<std::string> data = {graph.input};
  for (const ForeignNode& foreign : graph.nodes) {
    const OnnxNode& node = foreign.node;
    const std::string& type = node.op_type;
    const bool reads_data =
        std::any_of(node.inputs.begin(), node.inputs.end(),
                    [&](const std::string& input) { return data.contains(input); });
    if (reads_data && type != "Shape" && type != "Size") {
      data.insert(node.outputs.begin(), node.outputs.end());
      data.erase("");  // an output or input that is left out is no data
    }
    const bool is_known = reads_data ? op_of_onnx_type(type) != nullptr || is_read_of_data(type)
                                     : computes_constants(type);
    if (!is_known && !foreign.passes_on) missing.try_emplace(type, node.name);
  }
  if (missing.empty()) return;
  std::vector<std::string> words;
  std::set<std::string> known;
  for (const auto& [type, node] : missing) {
    words.push_back(fmt::format("{} (node '{}')", printable(type), printable(node)));
  }
  for (const Op& op : ops()) known.insert(op.onnx_types.begin(), op.onnx_types.end());
  throw Error(ExitCode::model, fmt::format("no counterpart here for {}; there are: {}", join(words),
                                           fmt::join(known, ", ")));
}

Model import_graph(const ForeignGraph& graph, const Path& folder) {
  return Import(graph, folder).run();
}

}  // namespace retort
