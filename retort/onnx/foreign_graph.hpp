#pragma once

#include <map>
#include <string>
#include <vector>

#include "retort/model/ops.hpp"

namespace onnx {
class ModelProto;
class NodeProto;
class TensorProto;
}  // namespace onnx

namespace retort {

/// A node of an ONNX file. Its attributes are read when it is known that we have such an operator.
struct ForeignNode {
  OnnxNode node;                           // inputs and outputs are names of values in the file
  const onnx::NodeProto* proto = nullptr;  // null: made by us, without attributes
};

/// The graph of an ONNX file, checked and in plain words; points into the ModelProto.
struct ForeignGraph {
  int64_t opset = 0;
  std::string input;
  Shape input_shape;  // without the batch dimension
  std::string output;
  std::vector<ForeignNode> nodes;  // in order; Identity is passed through, Constant is a constant
  std::map<std::string, const onnx::TensorProto*> constants;
};

/// Throws Error (model) on what the format forbids and on what we do not read: subgraphs,
/// functions, several inputs or outputs, free sizes beyond the batch, very old or new operator
/// sets.
ForeignGraph foreign_graph_from_onnx(const onnx::ModelProto& model);

/// The settings of a node. Throws Error (model) on a kind that no operator of ours has.
Attributes attributes_from_onnx(const ForeignNode& node);

}  // namespace retort
