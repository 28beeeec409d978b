#pragma once

#include <optional>

#include "retort/onnx/foreign_graph.hpp"

namespace retort {

/// Marks a Softmax or LogSoftmax at the end of the graph, perhaps with changes of shape behind it,
/// as a node that passes its input on: a teacher must give logits.
void leave_out_softmax(ForeignGraph& graph);

/// Keeps the nodes and the outputs of nodes that the output needs.
void keep_needed(ForeignGraph& graph);

/// Turns MatMul by a constant, with or without an Add of a constant behind it, into Gemm.
void matmul_to_gemm(ForeignGraph& graph);

}  // namespace retort
