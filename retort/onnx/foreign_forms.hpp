#pragma once

#include <optional>

#include "retort/onnx/foreign_graph.hpp"

namespace retort {

/// A softmax at the end of the graph.
struct FinalSoftmax {
  std::string node_text;
  int64_t axis;
};

/// Takes a final Softmax or LogSoftmax off: a teacher must give logits.
std::optional<FinalSoftmax> leave_out_softmax(ForeignGraph& graph);

/// Keeps the nodes that the output needs.
void keep_needed(ForeignGraph& graph);

/// Turns MatMul by a constant, with or without an Add of a constant behind it, into Gemm.
void matmul_to_gemm(ForeignGraph& graph);

}  // namespace retort
