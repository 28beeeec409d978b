#pragma once

#include <array>
#include <string>
#include <string_view>
#include <variant>

#include "retort/base/file.hpp"
#include "retort/config/field.hpp"
#include "retort/data/dataset.hpp"
#include "retort/data/formats/image_files.hpp"

namespace retort {

enum class Split { train, test };
inline constexpr std::array splits = {Split::train, Split::test};

/// A folder with IDX files under their published names (train-images-idx3-ubyte, ...), plain, .gz
/// or .xz; names of test files begin with t10k or test.
struct IdxFormat {
  static constexpr std::string_view kind = "idx";
  static constexpr std::string_view help = "IDX files as published for MNIST, plain, gzip or xz";
  std::string path;
  Classes class_names = {"0", "1", "2", "3", "4", "5", "6", "7", "8", "9"};
  bool unlabelled = false;  // the training images; their labels are not read
  void describe(FieldVisitor& visitor);

  /// Throws Error (data) when a file is missing or not what its header says.
  DatasetPointer open(Split split, const Path& base_folder) const;
  /// Whether a folder holds a file under one of these names.
  static bool is_in(const Path& folder);
};

/// A folder with the files of CIFAR-10 or CIFAR-100 in their binary version. Of the training files
/// those that are there are taken, in order; which are not is a warning of the data set.
struct CifarFormat {
  static constexpr std::string_view kind = "cifar";
  static constexpr std::string_view help =
      "CIFAR-10 or CIFAR-100 as published for C programs, plain, gzip or xz";
  std::string path;
  std::string labels = "fine";
  std::vector<int64_t> parts;  // of the training images, from 1; none: all that are there
  void describe(FieldVisitor& visitor);

  /// Throws Error (data) when a file is missing or not of whole records.
  DatasetPointer open(Split split, const Path& base_folder) const;
  static bool is_in(const Path& folder);
};

/// A folder `train` and a folder `test`, each with a folder of JPEG and PNG files for every class.
/// A folder `unlabelled` adds training images without labels: one in it for each pool, or images;
/// the test images then may have classes that no training image is labelled with. Class names are
/// sorted as bytes; what begins with a dot is left alone.
struct FolderFormat {
  static constexpr std::string_view kind = "folder";
  static constexpr std::string_view help = "folders of JPEG and PNG files, one for each class";
  std::string path;
  std::string train = "train";
  std::string test = "test";
  std::string unlabelled;  // empty: none
  ImageFileSettings images;
  void describe(FieldVisitor& visitor);

  /// Throws Error (data) for a class without images, a test class that was not trained, a folder
  /// of unlabelled images that is named like a class, and what open_image_files throws.
  DatasetPointer open(Split split, const Path& base_folder) const;
  static bool is_in(const Path& folder);
};

/// A list of JPEG and PNG files with label and split; see formats/manifest.hpp.
struct ManifestFormat {
  static constexpr std::string_view kind = "manifest";
  static constexpr std::string_view help =
      "a list of JPEG and PNG files, .csv or .jsonl: path, label, split";
  std::string path;
  ImageFileSettings images;
  void describe(FieldVisitor& visitor);

  DatasetPointer open(Split split, const Path& base_folder) const;
  static bool is_at(const Path& file);
};

/// Images of nothing: every pixel a random byte, a function of the split and the image's number.
/// They have no label and no classes. For comparison: what a student learns from images that show
/// nothing.
struct NoiseFormat {
  static constexpr std::string_view kind = "noise";
  static constexpr std::string_view help = "random pixels without labels, to compare with";
  int64_t images = 10'000;
  std::vector<int64_t> shape = {1, 28, 28};
  void describe(FieldVisitor& visitor);

  /// Throws Error (usage) for a shape that is none.
  DatasetPointer open(Split split, const Path& base_folder) const;
};

/// A row of the table of formats.
using DataFormat = std::variant<IdxFormat, CifarFormat, FolderFormat, ManifestFormat, NoiseFormat>;

/// Reads one split; a relative path starts at `base_folder`. Throws Error (data).
DatasetPointer open_split(const DataFormat& format, Split split, const Path& base_folder);

/// A data set named on the command line: a folder, whose format is found by what is in it, or a
/// manifest. A format that names no classes itself gets `class_names`, one that knows no image size
/// gets that of `shape`; each keeps its default where there is none. Throws Error (data) that says
/// what was looked for.
DataFormat format_of_folder(const Path& folder, const Classes& class_names = {},
                            const Shape& shape = {});

}  // namespace retort
