#pragma once

#include "retort/model/model.hpp"

namespace onnx {
class ModelProto;
}

namespace retort {

/// The ONNX model in our words. Throws Error (model) as read_onnx does, without the path.
Model model_from_onnx(const onnx::ModelProto& proto);

}  // namespace retort
