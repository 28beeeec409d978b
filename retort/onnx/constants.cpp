#include <onnx/onnx_pb.h>
// The headers of onnx come before LibTorch's.
#include "retort/onnx/constants.hpp"

#include <ATen/ops/empty.h>
#include <fmt/format.h>

#include <algorithm>
#include <cstring>

#include "retort/base/error.hpp"

namespace retort {
namespace {

constexpr int most_dimensions = 64;

[[noreturn]] void fail(const std::string& name, const std::string& what) {
  throw Error(ExitCode::model, fmt::format("constant '{}': {}", printable(name), what));
}

// The product of the sizes; zeros count at last, since strides are products of the others.
int64_t checked_count(const onnx::TensorProto& proto, const std::string& name) {
  constexpr int64_t most = int64_t{1} << 40;
  if (proto.dims_size() > most_dimensions) fail(name, "too many dimensions");
  int64_t count = 1;
  for (const int64_t size : proto.dims()) {
    if (size < 0 || size > most / count) {
      fail(name, fmt::format("impossible shape {}", fmt::join(proto.dims(), "x")));
    }
    count *= std::max<int64_t>(size, 1);
  }
  return std::count(proto.dims().begin(), proto.dims().end(), 0) > 0 ? 0 : count;
}

template <class Target, class Typed>
Tensor filled(const onnx::TensorProto& proto, const std::string& name, const Typed& typed,
              at::ScalarType type) {
  const int64_t count = checked_count(proto, name);
  const auto element = static_cast<int64_t>(sizeof(Target));
  const bool raw = proto.has_raw_data();
  const auto found = static_cast<int64_t>(raw ? proto.raw_data().size() : typed.size());
  const int64_t wanted = raw ? count * element : count;
  if (found != wanted || (raw && !typed.empty())) {
    fail(name, fmt::format("shape [{}] wants {} {}, got {}{}", fmt::join(proto.dims(), ", "),
                           wanted, raw ? "bytes" : "numbers", found,
                           raw && !typed.empty() ? " and numbers beside them" : ""));
  }
  const Tensor tensor = at::empty(Shape(proto.dims().begin(), proto.dims().end()), type);
  auto* values = static_cast<Target*>(tensor.mutable_data_ptr());
  if (raw && count > 0) {
    std::memcpy(values, proto.raw_data().data(), proto.raw_data().size());
  } else {
    std::transform(typed.begin(), typed.end(), values,
                   [](auto value) { return static_cast<Target>(value); });
  }
  return tensor;
}

}  // namespace

Tensor tensor_from_onnx(const onnx::TensorProto& proto, const std::string& name) {
  if (proto.data_location() == onnx::TensorProto::EXTERNAL || proto.external_data_size() > 0) {
    fail(name, "its data are in another file; save the model with its data inside");
  }
  if (proto.has_segment()) fail(name, "its data come in segments");
  switch (proto.data_type()) {
    case onnx::TensorProto::FLOAT:
      return filled<float>(proto, name, proto.float_data(), at::kFloat);
    case onnx::TensorProto::DOUBLE:
      return filled<double>(proto, name, proto.double_data(), at::kDouble).to(at::kFloat);
    case onnx::TensorProto::INT32:
      return filled<int32_t>(proto, name, proto.int32_data(), at::kInt);
    case onnx::TensorProto::INT64:
      return filled<int64_t>(proto, name, proto.int64_data(), at::kLong);
    case onnx::TensorProto::BOOL:
      // Read as numbers: a byte of a stranger may be neither 0 nor 1.
      return filled<uint8_t>(proto, name, proto.int32_data(), at::kByte).to(at::kBool);
    default:
      break;
  }
  const auto type = static_cast<onnx::TensorProto_DataType>(proto.data_type());
  fail(name, fmt::format("wanted fp32, got {}", onnx::TensorProto_DataType_IsValid(type)
                                                    ? onnx::TensorProto_DataType_Name(type)
                                                    : std::to_string(proto.data_type())));
}

}  // namespace retort
