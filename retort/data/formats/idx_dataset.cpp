#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "retort/base/error.hpp"
#include "retort/data/byte_images.hpp"
#include "retort/data/formats.hpp"
#include "retort/data/formats/byte_stream.hpp"
#include "retort/data/formats/idx.hpp"

namespace retort {
namespace {

struct FileNames {
  const char* images;
  const char* labels;
};

// As the files of MNIST, Fashion-MNIST and others are published.
constexpr FileNames names_of(Split split) {
  if (split == Split::train) return {"train-images-idx3-ubyte", "train-labels-idx1-ubyte"};
  return {"t10k-images-idx3-ubyte", "t10k-labels-idx1-ubyte"};
}

// As those of USPS are.
constexpr FileNames other_test_names = {"test-images-idx3-ubyte", "test-labels-idx1-ubyte"};

FileNames names_in(const Path& folder, Split split) {
  const FileNames usual = names_of(split);
  const bool other = split == Split::test && find_file(folder, usual.images).empty() &&
                     !find_file(folder, other_test_names.images).empty();
  return other ? other_test_names : usual;
}

Path required_file(const Path& folder, const std::string& name) {
  const Path path = find_file(folder, name);
  if (!path.empty()) return path;
  std::error_code ignored;
  const bool there = std::filesystem::is_directory(folder, ignored);
  throw Error(ExitCode::data,
              fmt::format("{}: {}; wanted {} or {}.gz", printable(folder.string()),
                          there ? "the file is not in this folder" : "no such folder", name, name));
}

void check_labels(const std::vector<uint8_t>& labels, const Classes& classes,
                  const std::string& where) {
  const auto bad = std::find_if(labels.begin(), labels.end(),
                                [&](uint8_t label) { return label >= classes.size(); });
  if (bad == labels.end()) return;
  const std::string range = classes.empty() ? "" : fmt::format(" (0 ... {})", classes.size() - 1);
  throw Error(ExitCode::data,
              fmt::format("{}: sample {} has label {}, there are {} classes{}: name them in "
                          "data.classes",
                          where, bad - labels.begin(), *bad, classes.size(), range));
}

}  // namespace

void IdxFormat::describe(FieldVisitor& visitor) {
  visitor.visit({.name = "path",
                 .help = "folder of the files, relative to the experiment's own",
                 .required = true},
                path);
  visitor.visit({.name = "classes", .help = "names of the classes, label 0 first"}, class_names);
  visitor.visit({.name = "unlabelled",
                 .help = "the training images have no labels: no file of labels is read for them"},
                unlabelled);
}

DatasetPointer IdxFormat::open(Split split, const Path& base_folder) const {
  const Path folder = base_folder / path;
  const FileNames names = names_in(folder, split);
  const Path image_path = required_file(folder, names.images);
  IdxFile images = read_idx(image_path, 3);
  const Shape shape = {1, images.sizes[1], images.sizes[2]};
  if (unlabelled && split == Split::train) {
    return std::make_shared<ByteImages>(shape, std::move(images.values), std::vector<uint8_t>(),
                                        class_names);
  }
  const Path label_path = required_file(folder, names.labels);
  std::vector<uint8_t> labels = read_idx(label_path, 1).values;
  const std::string where = printable(label_path.string());
  if (static_cast<int64_t>(labels.size()) != images.sizes[0]) {
    throw Error(ExitCode::data,
                fmt::format("{}: {} labels, but {} has {} images", where, labels.size(),
                            printable(image_path.string()), images.sizes[0]));
  }
  check_labels(labels, class_names, where);
  return std::make_shared<ByteImages>(shape, std::move(images.values), std::move(labels),
                                      class_names);
}

bool IdxFormat::is_in(const Path& folder) {
  return std::any_of(splits.begin(), splits.end(), [&](Split split) {
    const FileNames names = names_in(folder, split);
    return !find_file(folder, names.images).empty() || !find_file(folder, names.labels).empty();
  });
}

}  // namespace retort
