#pragma once

#include <map>
#include <memory>
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
  bool passes_on = false;                  // its output is its input: a softmax that is left out
};

/// The graph of an ONNX file, checked and in plain words; points into the ModelProto.
struct ForeignGraph {
  int64_t opset = 0;
  std::string input;
  Shape input_shape;           // without the batch dimension; of an image [C, H, W]
  bool channels_last = false;  // the file has it as [H, W, C]
  int64_t batch = 0;           // the batch that the file declares; 0 where it is free
  bool ours = false;           // written by this program
  std::string output;
  int output_rank = 0;                     // as the file declares it
  std::vector<std::string> other_outputs;  // which are not read
  std::vector<ForeignNode> nodes;  // in order; Identity is passed through, Constant is a constant
  std::map<std::string, const onnx::TensorProto*> constants;
  std::vector<std::shared_ptr<onnx::TensorProto>>
      made;  // constants that the file has in other words
};

/// Throws Error (model) on what the format forbids and on what we do not read: subgraphs,
/// functions, several inputs, free sizes beyond the batch, very old or new operator sets. Of
/// several outputs the first is taken.
ForeignGraph foreign_graph_from_onnx(const onnx::ModelProto& model);

/// The settings of a node. Throws Error (model) on a kind that no operator of ours has.
Attributes attributes_from_onnx(const ForeignNode& node);

}  // namespace retort
