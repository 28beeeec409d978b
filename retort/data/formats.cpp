#include "retort/data/formats.hpp"

#include <fmt/format.h>

#include "retort/base/error.hpp"

namespace retort {

DatasetPointer open_split(const DataFormat& format, Split split, const Path& base_folder) {
  return std::visit([&](const auto& kind) { return kind.open(split, base_folder); }, format);
}

DataFormat format_of_folder(const Path& folder, const Classes& class_names, const Shape& shape) {
  const std::string where = printable(folder.string());
  ImageFileSettings images;
  if (shape.size() == 3) images.size = {shape[1], shape[2]};
  std::error_code ignored;
  if (!std::filesystem::is_directory(folder, ignored)) {
    const bool there = std::filesystem::exists(folder, ignored);
    if (there && ManifestFormat::is_at(folder)) {
      return ManifestFormat{.path = folder.string(), .images = images};
    }
    throw Error(ExitCode::data,
                fmt::format("{}: {}", where,
                            there ? "is a file, wanted a folder, or a list .csv or .jsonl"
                                  : "no such folder"));
  }
  if (IdxFormat::is_in(folder)) {
    IdxFormat format{.path = folder.string()};
    if (!class_names.empty()) format.class_names = class_names;
    return format;
  }
  if (CifarFormat::is_in(folder)) return CifarFormat{.path = folder.string()};
  if (FolderFormat::is_in(folder)) {
    return FolderFormat{.path = folder.string(), .images = images};
  }
  throw Error(ExitCode::data,
              fmt::format("{}: no data set found; looked for IDX files (train-images-idx3-ubyte, "
                          "train-labels-idx1-ubyte, t10k-images-idx3-ubyte, "
                          "t10k-labels-idx1-ubyte), for those of CIFAR (data_batch_1.bin, "
                          "test_batch.bin, train.bin, test.bin), plain, .gz or .xz, and for a "
                          "folder train with one for each class",
                          where));
}

}  // namespace retort
