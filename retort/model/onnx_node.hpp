#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "retort/model/graph.hpp"
#include "retort/model/onnx_layout.hpp"
#include "retort/tensor/named_tensors.hpp"

namespace retort {

/// A node in ONNX's words (written at opset 17; older and newer forms are read).
struct OnnxNode {
  std::string name;
  std::string op_type;
  std::vector<std::string> inputs;  // values; "": an optional one that is left out
  std::vector<std::string> outputs;
  Attributes attributes;
};

/// What a node of ours becomes in ONNX: nodes in order, the last of which makes the node's value,
/// and the constants that they read.
class OnnxFragment {
 public:
  using WeightForm = std::function<Tensor(const Tensor&)>;
  using UniqueName = std::function<std::string(const std::string& wanted)>;

  /// inputs, output: the values of the node in the file; `unique` gives names to all else.
  OnnxFragment(const Node& node, std::vector<std::string> inputs, std::string output,
               UniqueName unique);

  const std::string& input(size_t i) const { return inputs_.at(i); }
  const std::vector<std::string>& inputs() const { return inputs_; }
  /// A weight of the node ("weight"), as it is or in another form.
  std::string weight(std::string_view name) const;
  std::string weight(std::string_view name, WeightForm form);
  /// A constant of the file: int64 numbers or an fp32 tensor.
  std::string constant(const std::vector<int64_t>& values);
  std::string constant(const Tensor& values);
  std::string constant(double value);
  /// Adds a node whose value the fragment goes on with, and returns that value.
  std::string value(std::string_view op_type, std::vector<std::string> inputs,
                    Attributes attributes = {});
  /// Adds the node that makes the value of ours.
  void result(std::string_view op_type, std::vector<std::string> inputs,
              Attributes attributes = {});

  const std::vector<OnnxNode>& nodes() const { return nodes_; }
  const NamedTensors& constants() const { return constants_; }
  /// The weights that the file holds in another form, by their full names.
  const std::map<std::string, WeightForm>& forms() const { return forms_; }

 private:
  std::string node_;
  std::vector<std::string> inputs_;
  std::string output_;
  UniqueName unique_;
  std::vector<OnnxNode> nodes_;
  NamedTensors constants_;
  std::map<std::string, WeightForm> forms_;
};

/// What is known of a file while a node of it is read.
struct OnnxSource {
  int64_t opset;
  int64_t batch;                  // the batch that the file declares; 0 where it is free
  const NamedTensors& constants;  // inputs of the node that are constants
  const NamedTensors&
      batches;         // for those that depend on the batch N: they are constant + N * this
  const Graph& graph;  // what was read so far; the other inputs are nodes of it
  const std::vector<OnnxLayout>& layouts;  // how the inputs lie in those, in order
};

/// What an ONNX node becomes: a node of ours and its weights in the order of Op::parameters.
struct ImportedNode {
  Node node;
  std::vector<Tensor> weights;
  /// How its value in the file lies in it; else like the first input of the ONNX node.
  std::optional<OnnxLayout> layout = {};
};
/// Nodes in order. Those named like an output of the ONNX node make that value; the names of the
/// others are made unique.
using ImportedNodes = std::vector<ImportedNode>;

/// Attribute of an ONNX node; `otherwise` where the node does not say.
int64_t onnx_integer(const OnnxNode& node, std::string_view attribute, int64_t otherwise);
double onnx_number(const OnnxNode& node, std::string_view attribute, double otherwise);
std::string onnx_text(const OnnxNode& node, std::string_view attribute, std::string otherwise);
std::vector<int64_t> onnx_integers(const OnnxNode& node, std::string_view attribute,
                                   std::vector<int64_t> otherwise);

/// Whether the node has this input.
bool onnx_has(const OnnxNode& node, size_t input);
/// A constant input; null where the input is data. Throws Error (model) where it depends on the
/// batch.
const Tensor* onnx_constant(const OnnxNode& node, size_t input, const OnnxSource& source);
/// A constant input. Throws Error (model) where it is missing or data.
const Tensor& onnx_wanted_constant(const OnnxNode& node, size_t input, const OnnxSource& source);
/// Integers that older operator sets have as an attribute and newer ones as a constant input.
std::vector<int64_t> onnx_integers_or_input(const OnnxNode& node, std::string_view attribute,
                                            size_t input, const OnnxSource& source);
/// The same for one number.
double onnx_number_or_input(const OnnxNode& node, std::string_view attribute, size_t input,
                            double otherwise, const OnnxSource& source);

/// The numbers of a constant of any type, in a row.
std::vector<int64_t> integers_of(const Tensor& tensor);

/// How a data input lies in a node of ours. Throws Error (model) where it is missing or a constant.
const OnnxLayout& onnx_layout(const OnnxNode& node, size_t input, const OnnxSource& source);
/// Shape of a data input, without the batch. Throws Error (model) where the batch is not first.
const Shape& onnx_shape(const OnnxNode& node, size_t input, const OnnxSource& source);

/// An axis of a value of this rank, counted from the front. Throws Error (model) beyond it.
size_t onnx_axis(const OnnxNode& node, int64_t axis, size_t rank);
/// An axis of ONNX as one of the node, which does not count the batch. Throws Error (model) for the
/// batch's own.
int64_t axis_from_onnx(const OnnxNode& node, int64_t axis, const OnnxLayout& layout);

/// "node 'fc1' (Gemm)"
std::string node_text(const OnnxNode& node);

/// Throws Error (model): what of this node has no counterpart here.
[[noreturn]] void refuse(const OnnxNode& node, std::string_view what);

}  // namespace retort
