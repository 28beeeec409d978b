#pragma once

#include "retort/base/file.hpp"
#include "retort/model/model.hpp"
#include "retort/onnx/foreign_graph.hpp"

namespace retort {

/// Throws Error (model) that lists every operator without a counterpart, each with a node.
void check_operators(const ForeignGraph& graph);

/// The nodes of the file as nodes of ours, one after the other; those of shape arithmetic are
/// computed. `folder`: where the file's external data are. The model's last node makes the output,
/// and every value of the file that is in the model is an alias of its node. Throws Error (model)
/// that names the node that does not fit.
Model import_graph(const ForeignGraph& graph, const Path& folder);

}  // namespace retort
