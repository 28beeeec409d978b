#pragma once

#include <map>
#include <string>

#include "retort/base/file.hpp"
#include "retort/model/model.hpp"

namespace retort {

/// Writes one safetensors file that is a whole model: the weights under their names and, in the
/// metadata, "retort.format" = "1", "retort.graph" (JSON: input, nodes, classes, normalisation) and
/// `notes`, and a checksum of all that. The same model gives the same bytes.
void save_model(const Path& path, const Model& model,
                const std::map<std::string, std::string>& notes = {});

/// Reads it back. Throws Error (model) that says what does not fit: no graph, a weight that is
/// missing, unexpected or of another shape, bytes that do not fit the checksum.
Model load_model(const Path& path);

/// A graph as JSON text and back, the form stored in the model file.
std::string graph_to_json(const Graph& graph);
Graph graph_from_json(std::string_view text);

}  // namespace retort
