#include <onnx/onnx_pb.h>
// The headers of onnx come before LibTorch's.
#include "retort/onnx/foreign_forms.hpp"

#include <algorithm>
#include <set>

namespace retort {
namespace {

std::map<std::string, int> reader_counts(const ForeignGraph& graph) {
  std::map<std::string, int> counts = {{graph.output, 1}};
  for (const ForeignNode& foreign : graph.nodes) {
    for (const std::string& input : foreign.node.inputs) ++counts[input];
  }
  return counts;
}

// [features] or [1, features]: added to every row alike.
bool is_row(const onnx::TensorProto& constant) {
  return constant.dims_size() <= 1 || (constant.dims_size() == 2 && constant.dims(0) == 1);
}

}  // namespace

void leave_out_softmax(ForeignGraph& graph) {
  const std::set<std::string> moves = {"Reshape",   "Flatten", "Squeeze",
                                       "Unsqueeze", "Cast",    "Transpose"};
  std::string value = graph.output;
  ForeignNode* logarithm = nullptr;
  for (auto foreign = graph.nodes.rbegin(); foreign != graph.nodes.rend(); ++foreign) {
    const OnnxNode& node = foreign->node;
    if (node.outputs[0] != value || node.inputs.empty()) continue;
    if (node.op_type == "Softmax" || node.op_type == "LogSoftmax") {
      foreign->passes_on = true;
      if (logarithm != nullptr) logarithm->passes_on = node.op_type == "Softmax";
      return;
    }
    const bool is_logarithm = node.op_type == "Log" && logarithm == nullptr;
    if (!is_logarithm && !moves.contains(node.op_type)) return;
    if (is_logarithm) logarithm = &*foreign;
    value = node.inputs[0];
  }
}

void keep_needed(ForeignGraph& graph) {
  std::set<std::string> needed = {graph.output};
  std::vector<ForeignNode> kept;
  for (auto foreign = graph.nodes.rbegin(); foreign != graph.nodes.rend(); ++foreign) {
    std::vector<std::string>& outputs = foreign->node.outputs;
    const auto is_needed = [&](const std::string& output) { return needed.contains(output); };
    if (std::none_of(outputs.begin(), outputs.end(), is_needed)) continue;
    // The first output names the node.
    for (size_t i = 1; i < outputs.size(); ++i) {
      if (!is_needed(outputs[i])) outputs[i].clear();
    }
    needed.insert(foreign->node.inputs.begin(), foreign->node.inputs.end());
    kept.push_back(*foreign);
  }
  std::reverse(kept.begin(), kept.end());
  graph.nodes = std::move(kept);
}

void matmul_to_gemm(ForeignGraph& graph) {
  const std::map<std::string, int> readers = reader_counts(graph);
  std::map<std::string, size_t> products;  // output of a MatMul -> its place in `kept`
  std::vector<ForeignNode> kept;
  for (const ForeignNode& foreign : graph.nodes) {
    const OnnxNode& node = foreign.node;
    const bool two = node.inputs.size() == 2;
    if (two && node.op_type == "MatMul" && graph.constants.contains(node.inputs[1])) {
      products[node.outputs[0]] = kept.size();
      kept.push_back({.node = {node.name, "Gemm", node.inputs, node.outputs, {}}});
      continue;
    }
    const size_t product = two && products.contains(node.inputs[1]) ? 1 : 0;
    if (two && node.op_type == "Add" && products.contains(node.inputs[product])) {
      const auto constant = graph.constants.find(node.inputs[1 - product]);
      if (constant != graph.constants.end() && is_row(*constant->second) &&
          readers.at(node.inputs[product]) == 1) {
        OnnxNode& gemm = kept[products.at(node.inputs[product])].node;
        gemm.inputs.push_back(constant->first);
        gemm.outputs = node.outputs;
        continue;
      }
    }
    kept.push_back(foreign);
  }
  graph.nodes = std::move(kept);
}

}  // namespace retort
