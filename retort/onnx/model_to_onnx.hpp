#pragma once

#include <map>
#include <string>

#include "retort/onnx/onnx_file.hpp"

namespace onnx {
class ModelProto;
}

namespace retort {

// What the written files say of themselves.
inline constexpr const char* onnx_producer = "retort";
inline constexpr const char* onnx_input = "input";
inline constexpr int onnx_opset = 17;
inline constexpr int onnx_ir_version = 8;

// Metadata keys; the values are JSON.
inline constexpr const char* onnx_classes_key = "retort.classes";
inline constexpr const char* onnx_input_shape_key = "retort.input_shape";
inline constexpr const char* onnx_normalisation_key = "retort.normalisation";
inline constexpr const char* onnx_output_key = "retort.output";

/// The model in ONNX's words, for inference. The weights must fit the graph.
onnx::ModelProto model_to_onnx(const Model& model, const std::map<std::string, std::string>& notes,
                               OnnxOutput output);

}  // namespace retort
