#include "retort/data/formats.hpp"

#include <fmt/format.h>

#include "retort/base/error.hpp"

namespace retort {

DatasetPointer open_split(const DataFormat& format, Split split, const Path& base_folder) {
  return std::visit([&](const auto& kind) { return kind.open(split, base_folder); }, format);
}

DataFormat format_of_folder(const Path& folder, const Classes& class_names) {
  const std::string where = printable(folder.string());
  std::error_code ignored;
  if (!std::filesystem::is_directory(folder, ignored)) {
    const bool there = std::filesystem::exists(folder, ignored);
    throw Error(
        ExitCode::data,
        fmt::format("{}: {}", where, there ? "is a file, wanted a folder" : "no such folder"));
  }
  if (IdxFormat::is_in(folder)) {
    IdxFormat format{.path = folder.string()};
    if (!class_names.empty()) format.class_names = class_names;
    return format;
  }
  throw Error(ExitCode::data,
              fmt::format("{}: no data set found; looked for IDX files, plain or .gz: "
                          "train-images-idx3-ubyte, train-labels-idx1-ubyte, "
                          "t10k-images-idx3-ubyte, t10k-labels-idx1-ubyte",
                          where));
}

}  // namespace retort
