#include "retort/data/formats.hpp"

#include <fmt/format.h>

#include "retort/base/error.hpp"

namespace retort {

DatasetPointer open_split(const DataFormat& format, Split split, const Path& base_folder) {
  return std::visit([&](const auto& kind) { return kind.open(split, base_folder); }, format);
}

DataFormat format_of_folder(const Path& folder) {
  if (!std::filesystem::is_directory(folder)) {
    throw Error(ExitCode::data, fmt::format("{}: no such folder", folder.string()));
  }
  if (IdxFormat::is_in(folder)) return IdxFormat{.path = folder.string()};
  throw Error(ExitCode::data,
              fmt::format("{}: no data set found; looked for IDX files "
                          "(t10k-images-idx3-ubyte[.gz] or train-images-idx3-ubyte[.gz])",
                          folder.string()));
}

}  // namespace retort
