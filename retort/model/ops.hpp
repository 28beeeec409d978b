#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "retort/base/random.hpp"
#include "retort/model/graph.hpp"
#include "retort/tensor/named_tensors.hpp"

namespace retort {

/// Whether a pass trains (dropout drops, keyed by the step) or answers.
struct PassMode {
  bool training = false;
  bool bf16 = false;  // factors of matrix products, forward and backward, are rounded to bf16
  RandomKey key = RandomKey(0, "dropout");  // of this step; an op derives its own by node
};

/// A node in ONNX's words (written at opset 17; older forms are read).
struct OnnxNode {
  std::string name;
  std::string op_type;
  std::vector<std::string> inputs;  // node names, or initialisers
  std::string output;
  Attributes attributes;
};

/// What an ONNX node becomes: a node of ours and its weights in the order of Op::parameters.
struct ImportedNode {
  Node node;
  std::vector<Tensor> weights;
};

/// One kind of node. A row of ops(); everything the house knows of an op stands in its one file.
struct Op {
  std::string_view name;
  std::string_view help;
  /// Output shape from input shapes, without the batch dimension. Throws Error (model) on a misfit.
  Shape (*shape)(const Node& node, const std::vector<Shape>& inputs);
  /// The weights of the node, named without the node's name ("weight", "bias").
  std::vector<ParameterSpec> (*parameters)(const Node& node, const std::vector<Shape>& inputs);
  /// Multiply-accumulates for one sample.
  int64_t (*macs)(const Node& node, const std::vector<Shape>& inputs);
  /// Runs it on inputs with the batch dimension; weights in the order of `parameters`.
  Tensor (*forward)(const Node& node, std::span<const Tensor> inputs,
                    std::span<const Tensor> weights, const PassMode& mode, uint64_t node_index);
  /// ONNX's word for it: the type of the nodes that `from_onnx` reads.
  std::string_view onnx_type;
  /// The node for inference in ONNX, data inputs first and in order; nothing where inference passes
  /// the input through (dropout).
  std::optional<OnnxNode> (*to_onnx)(const Node& node);
  /// Reads such a node; `initialisers` are the file's constants. Throws Error (model) that names
  /// the node and the setting that has no counterpart here.
  ImportedNode (*from_onnx)(const OnnxNode& node, const NamedTensors& initialisers);
};

/// The table of all kinds of nodes.
const std::vector<Op>& ops();

/// The row of this name. Throws Error (model) that names the nearest.
const Op& op_named(std::string_view name);

/// Attribute of a node. Throws Error (model) when it is missing or of another type.
int64_t integer(const Node& node, std::string_view attribute);
double number(const Node& node, std::string_view attribute);

/// Attribute of an ONNX node; `otherwise` where the node does not say.
int64_t onnx_integer(const OnnxNode& node, std::string_view attribute, int64_t otherwise);
double onnx_number(const OnnxNode& node, std::string_view attribute, double otherwise);

/// "node 'fc1' (linear)": how messages name a node.
std::string node_text(const Node& node);
std::string node_text(const OnnxNode& node);

}  // namespace retort
