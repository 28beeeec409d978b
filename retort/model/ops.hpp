#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "retort/base/random.hpp"
#include "retort/model/graph.hpp"
#include "retort/model/onnx_node.hpp"
#include "retort/tensor/named_tensors.hpp"

namespace retort {

/// Whether a pass trains (dropout drops, keyed by the step) or answers.
struct PassMode {
  bool training = false;
  /// Factors of products (matrices, convolutions), forward and backward, are rounded to bf16; so
  /// are the images between convolutions.
  bool bf16 = false;
  RandomKey key = RandomKey(0, "dropout");  // of this step; an op derives its own by node
};

using Shapes = std::vector<Shape>;

std::vector<ParameterSpec> no_parameters(const Node& node, const Shapes& inputs);
int64_t no_macs(const Node& node, const Shapes& inputs);

/// One kind of node. A row of ops(); everything the house knows of an op stands in its one file.
struct Op {
  std::string_view name;
  std::string_view help;
  /// Output shape from input shapes, without the batch dimension. Throws Error (model) on a misfit.
  Shape (*shape)(const Node& node, const Shapes& inputs);
  /// The weights of the node, named without the node's name ("weight", "bias").
  std::vector<ParameterSpec> (*parameters)(const Node& node, const Shapes& inputs) = no_parameters;
  /// Multiply-accumulates for one sample, most_count at most.
  int64_t (*macs)(const Node& node, const Shapes& inputs) = no_macs;
  /// Runs it on inputs with the batch dimension; weights in the order of `parameters`.
  Tensor (*forward)(const Node& node, std::span<const Tensor> inputs,
                    std::span<const Tensor> weights, const PassMode& mode, uint64_t node_index);
  /// Takes inputs in bf16 as they come; the others get them in fp32.
  bool takes_bf16 = false;
  /// Its output is memory of its own that its gradient does not read: a relu may overwrite it.
  bool gives_output_away = false;
  /// The same as `forward` in the memory of its input, for ops of one input; null: there is none.
  Tensor& (*in_place)(Tensor& input) = nullptr;
  /// Writes the node for inference in ONNX; null where inference passes the input on (dropout).
  void (*to_onnx)(const Node& node, const Shapes& inputs, OnnxFragment& onnx) = nullptr;
  /// The types of ONNX nodes that `from_onnx` reads; none where ONNX has no word for the op, which
  /// is then written with others.
  std::vector<std::string_view> onnx_types = {};
  /// Reads such a node. Throws Error (model) that names the node and the setting that has no
  /// counterpart here.
  ImportedNodes (*from_onnx)(const OnnxNode& node, const OnnxSource& source) = nullptr;
};

/// The table of all kinds of nodes.
const std::vector<Op>& ops();

/// The row of this name. Throws Error (model) that names the nearest.
const Op& op_named(std::string_view name);

/// Attribute of a node. Throws Error (model) when it is missing or of another type.
int64_t integer(const Node& node, std::string_view attribute);
double number(const Node& node, std::string_view attribute);
const std::string& text(const Node& node, std::string_view attribute);
const std::vector<int64_t>& integers(const Node& node, std::string_view attribute);

/// "node 'fc1' (linear)": how messages name a node.
std::string node_text(const Node& node);

}  // namespace retort
