#pragma once

#include "retort/base/file.hpp"
#include "retort/model/model.hpp"

namespace onnx {
class ModelProto;
}

namespace retort {

/// The ONNX model in our words; its external data are in `folder`. Throws Error (model) as
/// read_onnx does, without the path.
Model model_from_onnx(const onnx::ModelProto& proto, const Path& folder);

}  // namespace retort
