#include <onnx/checker.h>
#include <onnx/common/version.h>
#include <onnx/onnx_pb.h>
#include <onnx/shape_inference/implementation.h>
// The headers of onnx come before LibTorch's.
#include "retort/onnx/onnx_file.hpp"

#include <c10/util/Exception.h>
#include <fmt/format.h>

#include <climits>

#include "retort/onnx/model_from_onnx.hpp"
#include "retort/onnx/model_to_onnx.hpp"

namespace retort {
namespace {

constexpr size_t most_bytes = INT_MAX;  // a bound of protobuf

std::string first_line(std::string_view text) {
  return printable(text.substr(0, text.find('\n')));
}

// Runs `work`; the errors that come out of it start with the path.
template <class Work>
auto with_path(const Path& path, const Work& work) {
  try {
    return work();
  } catch (const Error& error) {
    if (std::string_view(error.what()).starts_with(path.string())) throw;
    throw Error(error.code(), fmt::format("{}: {}", path.string(), error.what()));
  } catch (const c10::Error& error) {
    throw Error(ExitCode::model,
                fmt::format("{}: {}", path.string(), first_line(error.what_without_backtrace())));
  }
}

void check_with_libonnx(onnx::ModelProto& proto) {
  try {
    onnx::checker::check_model(proto);
    // Strict: the shapes it finds must be those that we declare.
    onnx::shape_inference::InferShapes(proto, onnx::OpSchemaRegistry::Instance(), {true, 1, false});
    proto.mutable_graph()->clear_value_info();
  } catch (const std::exception& error) {
    throw Error(ExitCode::verification,
                fmt::format("the ONNX checker refuses it: {}", first_line(error.what())));
  }
}

onnx::ModelProto parse(const Path& path) {
  const std::string bytes = read_file(path, ExitCode::model, most_bytes);
  onnx::ModelProto proto;
  // Any short text may be some protobuf message: only one with a version and a graph is meant.
  if (!proto.ParseFromString(bytes) || !proto.has_ir_version() || !proto.has_graph() ||
      proto.opset_import_size() == 0) {
    throw Error(ExitCode::model, "no ONNX file, or one that is cut off");
  }
  return proto;
}

}  // namespace

void write_onnx(const Path& path, const Model& model,
                const std::map<std::string, std::string>& notes, OnnxOutput output) {
  check_weights(model, path.string());
  with_path(path, [&] {
    onnx::ModelProto proto = model_to_onnx(model, notes, output);
    check_with_libonnx(proto);
    std::string bytes;
    if (proto.ByteSizeLong() > most_bytes || !proto.SerializeToString(&bytes)) {
      throw Error(ExitCode::resources, "cannot write: an ONNX file holds 2 GB at most");
    }
    write_file(path, bytes);
  });
}

Model read_onnx(const Path& path) {
  return with_path(path, [&] { return model_from_onnx(parse(path), path.parent_path()); });
}

std::string onnx_library_version() {
  return onnx::LAST_RELEASE_VERSION;
}

}  // namespace retort
