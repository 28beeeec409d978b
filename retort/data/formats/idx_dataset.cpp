#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cassert>

#include "retort/base/error.hpp"
#include "retort/data/formats.hpp"
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

// "folder/name" or "folder/name.gz"; empty when neither is there.
Path find_file(const Path& folder, const std::string& name) {
  for (const char* ending : {"", ".gz"}) {
    std::error_code ignored;
    const Path path = folder / (name + ending);
    if (std::filesystem::exists(path, ignored)) return path;
  }
  return {};
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

class IdxDataset : public Dataset {
 public:
  IdxDataset(const Path& folder, Split split, Classes classes) : classes_(std::move(classes)) {
    const Path image_path = required_file(folder, names_of(split).images);
    const Path label_path = required_file(folder, names_of(split).labels);
    IdxFile images = read_idx(image_path, 3);
    labels_ = read_idx(label_path, 1).values;
    const std::string where = printable(label_path.string());
    if (static_cast<int64_t>(labels_.size()) != images.sizes[0]) {
      throw Error(ExitCode::data,
                  fmt::format("{}: {} labels, but {} has {} images", where, labels_.size(),
                              printable(image_path.string()), images.sizes[0]));
    }
    check_labels(where);
    shape_ = {1, images.sizes[1], images.sizes[2]};
    pixels_ = std::move(images.values);
    fingerprint_ = fingerprint_of(content_text());
  }

  int64_t size() const override { return static_cast<int64_t>(labels_.size()); }
  const Shape& shape() const override { return shape_; }
  const Classes& classes() const override { return classes_; }
  Fingerprint fingerprint() const override { return fingerprint_; }
  int64_t label(int64_t index) const override { return labels_[static_cast<size_t>(index)]; }

  void read(SampleKey key, std::span<float> pixels) const override {
    assert(key.index >= 0 && key.index < size());
    assert(static_cast<int64_t>(pixels.size()) == element_count(shape_));
    const uint8_t* from = pixels_.data() + static_cast<size_t>(key.index) * pixels.size();
    for (size_t i = 0; i < pixels.size(); ++i) pixels[i] = static_cast<float>(from[i]) / 255.0F;
  }

 private:
  void check_labels(const std::string& where) const {
    const auto bad = std::find_if(labels_.begin(), labels_.end(),
                                  [&](uint8_t label) { return label >= classes_.size(); });
    if (bad == labels_.end()) return;
    const std::string range =
        classes_.empty() ? "" : fmt::format(" (0 ... {})", classes_.size() - 1);
    throw Error(ExitCode::data,
                fmt::format("{}: sample {} has label {}, there are {} classes{}: name them in "
                            "data.classes",
                            where, bad - labels_.begin(), *bad, classes_.size(), range));
  }

  std::string content_text() const {
    const auto part = [](const std::vector<uint8_t>& bytes) {
      return fingerprint_of({reinterpret_cast<const char*>(bytes.data()), bytes.size()}).text();
    };
    std::string text = shape_text(shape_) + part(pixels_) + part(labels_);
    for (const std::string& name : classes_) text += fmt::format("\n{}:{}", name.size(), name);
    return text;
  }

  Shape shape_;
  Classes classes_;
  std::vector<uint8_t> pixels_;  // [size, H, W]
  std::vector<uint8_t> labels_;
  Fingerprint fingerprint_;
};

}  // namespace

void IdxFormat::describe(FieldVisitor& visitor) {
  visitor.visit({.name = "path",
                 .help = "folder of the files, relative to the experiment's own",
                 .required = true},
                path);
  visitor.visit({.name = "classes", .help = "names of the classes, label 0 first"}, class_names);
}

DatasetPointer IdxFormat::open(Split split, const Path& base_folder) const {
  return std::make_shared<IdxDataset>(base_folder / path, split, class_names);
}

bool IdxFormat::is_in(const Path& folder) {
  return std::any_of(splits.begin(), splits.end(), [&](Split split) {
    return !find_file(folder, names_of(split).images).empty() ||
           !find_file(folder, names_of(split).labels).empty();
  });
}

}  // namespace retort
