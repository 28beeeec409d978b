#include <onnx/onnx_pb.h>
// The headers of onnx come before LibTorch's.
#include "retort/onnx/constants.hpp"

#include <ATen/ops/empty.h>
#include <fmt/format.h>

#include <algorithm>
#include <cstring>
#include <type_traits>

#include "retort/onnx/external_data.hpp"

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

// Numbers of a type that protobuf has in wider ones; those of 16 bits stand there as bits.
template <class Target, class Number>
Target from_typed(Number number) {
  if constexpr (std::is_same_v<Target, at::Half> || std::is_same_v<Target, at::BFloat16>) {
    return Target(static_cast<uint16_t>(number), Target::from_bits());
  } else {
    return static_cast<Target>(number);
  }
}

class Reader {
 public:
  Reader(const onnx::TensorProto& proto, const std::string& name, const Path& folder)
      : proto_(proto), name_(name), folder_(folder), count_(checked_count(proto, name)) {}

  template <class Target, class Typed>
  Tensor read(const Typed& typed, at::ScalarType type) const {
    const int64_t bytes = count_ * static_cast<int64_t>(sizeof(Target));
    if (is_external()) return from_bytes(external(bytes), typed.size(), bytes, type);
    if (proto_.has_raw_data()) return from_bytes(proto_.raw_data(), typed.size(), bytes, type);
    check_size(typed.size(), count_, "numbers");
    const Tensor tensor = at::empty(shape(), type);
    std::transform(typed.begin(), typed.end(), static_cast<Target*>(tensor.mutable_data_ptr()),
                   [](auto value) { return from_typed<Target>(value); });
    return tensor;
  }

 private:
  Tensor from_bytes(const std::string& bytes, int typed, int64_t wanted,
                    at::ScalarType type) const {
    if (typed > 0) fail(name_, fmt::format("{} bytes and numbers beside them", bytes.size()));
    check_size(static_cast<int64_t>(bytes.size()), wanted, "bytes");
    const Tensor tensor = at::empty(shape(), type);
    if (wanted > 0) std::memcpy(tensor.mutable_data_ptr(), bytes.data(), bytes.size());
    return tensor;
  }

  void check_size(int64_t found, int64_t wanted, std::string_view unit) const {
    if (found == wanted) return;
    fail(name_, fmt::format("shape [{}] wants {} {}, got {}", fmt::join(proto_.dims(), ", "),
                            wanted, unit, found));
  }

  bool is_external() const {
    return proto_.data_location() == onnx::TensorProto::EXTERNAL || proto_.external_data_size() > 0;
  }

  std::string external(int64_t bytes) const {
    try {
      return external_bytes(proto_, folder_, bytes);
    } catch (const Error& error) {
      fail(name_, error.what());
    }
  }

  Shape shape() const { return {proto_.dims().begin(), proto_.dims().end()}; }

  const onnx::TensorProto& proto_;
  const std::string& name_;
  const Path& folder_;
  int64_t count_;
};

}  // namespace

Tensor tensor_from_onnx(const onnx::TensorProto& proto, const std::string& name,
                        const Path& folder) {
  if (proto.has_segment()) fail(name, "its data come in segments");
  const Reader reader(proto, name, folder);
  const auto& ints = proto.int32_data();
  switch (proto.data_type()) {
    case onnx::TensorProto::FLOAT:
      return reader.read<float>(proto.float_data(), at::kFloat);
    case onnx::TensorProto::DOUBLE:
      return reader.read<double>(proto.double_data(), at::kDouble).to(at::kFloat);
    case onnx::TensorProto::FLOAT16:
      return reader.read<at::Half>(ints, at::kHalf).to(at::kFloat);
    case onnx::TensorProto::BFLOAT16:
      return reader.read<at::BFloat16>(ints, at::kBFloat16).to(at::kFloat);
    case onnx::TensorProto::INT8:
      return reader.read<int8_t>(ints, at::kChar).to(at::kInt);
    case onnx::TensorProto::UINT8:
      return reader.read<uint8_t>(ints, at::kByte).to(at::kInt);
    case onnx::TensorProto::INT16:
      return reader.read<int16_t>(ints, at::kShort).to(at::kInt);
    case onnx::TensorProto::INT32:
      return reader.read<int32_t>(ints, at::kInt);
    case onnx::TensorProto::INT64:
      return reader.read<int64_t>(proto.int64_data(), at::kLong);
    case onnx::TensorProto::BOOL:
      // Read as numbers: a byte of a stranger may be neither 0 nor 1.
      return reader.read<uint8_t>(ints, at::kByte).to(at::kBool);
    default:
      break;
  }
  const auto type = static_cast<onnx::TensorProto_DataType>(proto.data_type());
  fail(name,
       fmt::format("wanted numbers of a type that is known here, got {}",
                   onnx::TensorProto_DataType_IsValid(type) ? onnx::TensorProto_DataType_Name(type)
                                                            : std::to_string(proto.data_type())));
}

}  // namespace retort
