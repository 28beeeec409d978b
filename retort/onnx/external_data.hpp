#pragma once

#include <string>

#include "retort/base/file.hpp"

namespace onnx {
class TensorProto;
}

namespace retort {

/// The bytes of a constant that lie in a file beside the model, `wanted` of them. Only files in the
/// model's folder (or below it) are read, wherever links lead. Throws Error (model) that says what
/// of its words is wrong: no folder, another place, too few bytes.
std::string external_bytes(const onnx::TensorProto& proto, const Path& folder, int64_t wanted);

}  // namespace retort
