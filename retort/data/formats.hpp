#pragma once

#include <array>
#include <string>
#include <string_view>
#include <variant>

#include "retort/base/file.hpp"
#include "retort/config/field.hpp"
#include "retort/data/dataset.hpp"

namespace retort {

enum class Split { train, test };
inline constexpr std::array splits = {Split::train, Split::test};

/// A folder with IDX files under their published names (train-images-idx3-ubyte, ...), plain or
/// .gz.
struct IdxFormat {
  static constexpr std::string_view kind = "idx";
  static constexpr std::string_view help = "IDX files as published for MNIST, plain or gzip";
  std::string path;
  Classes class_names = {"0", "1", "2", "3", "4", "5", "6", "7", "8", "9"};
  void describe(FieldVisitor& visitor);

  /// Throws Error (data) when a file is missing or not what its header says.
  DatasetPointer open(Split split, const Path& base_folder) const;
  /// Whether a folder holds a file under one of these names.
  static bool is_in(const Path& folder);
};

/// A row of the table of formats.
using DataFormat = std::variant<IdxFormat>;

/// Reads one split; a relative path starts at `base_folder`. Throws Error (data).
DatasetPointer open_split(const DataFormat& format, Split split, const Path& base_folder);

/// A data set named on the command line: a folder, whose format is found by what is in it. A format
/// that names no classes itself gets `class_names`, or keeps its default where there are none.
/// Throws Error (data) that says what was looked for.
DataFormat format_of_folder(const Path& folder, const Classes& class_names = {});

}  // namespace retort
