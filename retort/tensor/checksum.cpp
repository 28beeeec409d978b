#include "retort/tensor/checksum.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "retort/base/error.hpp"
#include "retort/base/hash.hpp"
#include "retort/tensor/shape.hpp"

namespace retort {

std::string checksum_of(const Safetensors& content) {
  std::string text;
  for (const auto& [key, value] : content.metadata) {
    if (key == checksum_key) continue;
    text += fmt::format("{} {}\n", key, fingerprint_of(value).text());
  }
  Names names = content.tensors.names();
  std::sort(names.begin(), names.end());
  for (const std::string& name : names) {
    const Tensor tensor = content.tensors.at(name).detach().contiguous();
    const std::string_view bytes(static_cast<const char*>(tensor.const_data_ptr()),
                                 tensor.nbytes());
    text += fmt::format("{} {} {} {}\n", fingerprint_of(name).text(),
                        at::toString(tensor.scalar_type()), shape_text(tensor.sizes().vec()),
                        fingerprint_of(bytes).text());
  }
  return fingerprint_of(text).text();
}

void add_checksum(Safetensors& content) {
  content.metadata[checksum_key] = checksum_of(content);
}

void check_checksum(const Safetensors& content, const Path& path) {
  const auto found = content.metadata.find(checksum_key);
  if (found == content.metadata.end() || found->second == checksum_of(content)) return;
  throw Error(ExitCode::model,
              fmt::format("{}: its content does not fit its checksum: it is damaged, or another "
                          "program changed it and did not leave out '{}'",
                          path.string(), checksum_key));
}

}  // namespace retort
