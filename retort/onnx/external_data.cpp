#include "retort/onnx/external_data.hpp"

#include <fmt/format.h>
#include <onnx/onnx_pb.h>

#include <algorithm>
#include <charconv>
#include <fstream>
#include <map>

namespace retort {
namespace {

[[noreturn]] void fail(const std::string& what) {
  throw Error(ExitCode::model, what);
}

int64_t number_of(const std::string& key, const std::string& text) {
  int64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size() || number < 0) {
    fail(fmt::format("wanted a number as the {} of its external data, got '{}'", key,
                     printable(text)));
  }
  return number;
}

// Links are followed first, so that none leads out of the folder.
Path file_inside(const Path& folder, const std::string& location) {
  std::error_code error;
  const Path inside = std::filesystem::canonical(folder.empty() ? "." : folder, error);
  const Path file = std::filesystem::canonical(inside / location, error);
  if (error || !std::filesystem::is_regular_file(file)) {
    fail(fmt::format("its data should be in '{}' beside the model, which is no file",
                     printable(location)));
  }
  const auto [end, unused] = std::mismatch(inside.begin(), inside.end(), file.begin(), file.end());
  if (Path(location).is_absolute() || end != inside.end()) {
    fail(fmt::format(
        "its data are in '{}', outside the model's folder; copy the file itself beside the model",
        printable(location)));
  }
  return file;
}

}  // namespace

std::string external_bytes(const onnx::TensorProto& proto, const Path& folder, int64_t wanted) {
  std::map<std::string, std::string> words;
  for (const auto& entry : proto.external_data()) words[entry.key()] = entry.value();
  if (words["location"].empty()) fail("its external data have no location");
  const Path path = file_inside(folder, words["location"]);
  const int64_t offset = words["offset"].empty() ? 0 : number_of("offset", words["offset"]);
  const auto size = static_cast<int64_t>(std::filesystem::file_size(path));
  const int64_t found = words["length"].empty() ? wanted : number_of("length", words["length"]);
  if (found != wanted) fail(fmt::format("wanted {} bytes of external data, got {}", wanted, found));
  if (offset > size || wanted > size - offset) {
    fail(fmt::format("wanted {} bytes at {} of '{}', which has {}", wanted, offset,
                     printable(words["location"]), size));
  }
  std::string bytes(static_cast<size_t>(wanted), '\0');
  std::ifstream file(path, std::ios::binary);
  if (!file.seekg(offset) || !file.read(bytes.data(), wanted)) {
    fail(fmt::format("'{}' cannot be read", printable(words["location"])));
  }
  return bytes;
}

}  // namespace retort
