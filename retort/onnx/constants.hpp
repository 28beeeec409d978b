#pragma once

#include <string>

#include "retort/base/file.hpp"
#include "retort/tensor/named_tensors.hpp"
#include "retort/tensor/shape.hpp"

namespace onnx {
class TensorProto;
}

namespace retort {

/// The values of a constant in an ONNX file, raw, typed or in another file of `folder`: fp32 for
/// floats of any width, else bool, int32 or int64. Sizes are checked before anything is allocated.
/// Throws Error (model) that names the constant: another type, a size that does not fit its shape,
/// data outside the folder.
Tensor tensor_from_onnx(const onnx::TensorProto& proto, const std::string& name,
                        const Path& folder);

}  // namespace retort
