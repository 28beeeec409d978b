#pragma once

#include <map>
#include <string>

#include "retort/base/file.hpp"
#include "retort/model/model.hpp"

namespace retort {

/// What an ONNX file answers; the output is called so.
enum class OnnxOutput { logits, probabilities };

/// Writes a model for inference: opset 17, IR 8, batch dimension free ("N"), input "input" (pixels
/// in [0, 1], normalised as the metadata say), output "logits" or, behind a softmax,
/// "probabilities". Metadata (JSON values): "retort.classes", "retort.input_shape",
/// "retort.normalisation" and, of probabilities, "retort.output". libonnx checks it (with shape
/// inference) before it is written; whole or absent. Throws Error (verification) when the checker
/// refuses it, Error (resources) when it cannot be written.
void write_onnx(const Path& path, const Model& model,
                const std::map<std::string, std::string>& notes = {},
                OnnxOutput output = OnnxOutput::logits);

/// Reads an ONNX file as a Model; a softmax at its end is left out. Throws Error (model) in one
/// line: no ONNX file, a subgraph, an operator that has no counterpart (all of them are listed,
/// each with a node), a shape that does not fit, data outside the file.
Model read_onnx(const Path& path);

/// The version of the library that checks what is written.
std::string onnx_library_version();

}  // namespace retort
