#pragma once

#include <string>
#include <vector>

#include "retort/base/file.hpp"
#include "retort/config/field.hpp"
#include "retort/data/dataset.hpp"

namespace retort {

/// How JPEG and PNG files become images of one size; fields of every format of such files.
struct ImageFileSettings {
  std::vector<int64_t> size = {224};  // one side, or height and width
  int64_t resize = 0;
  std::string damaged = "refuse";
  int64_t memory = 2048;  // MiB
  void describe(FieldVisitor& visitor);

  int64_t height() const { return size.front(); }
  int64_t width() const { return size.back(); }
};

/// One file, its label and its pool: indices into the class names and the pools, or no_label.
struct ImageFile {
  Path path;
  int64_t label = no_label;
  int64_t pool = no_label;
};

/// The files as a data set [3, H, W], in this order. All of them are read once, with the threads of
/// LibTorch; what does not fit into `memory` is read again whenever it is asked for. The
/// fingerprint is of the pixels, so it is the same either way. Throws Error (usage) for sizes that
/// cannot be, Error (data) for a damaged file, or where they are skipped when none is left.
DatasetPointer open_image_files(std::vector<ImageFile> files, Classes classes,
                                const ImageFileSettings& settings,
                                std::vector<std::string> warnings = {}, Classes pools = {});

}  // namespace retort
