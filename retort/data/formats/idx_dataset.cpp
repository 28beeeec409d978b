#include <fmt/format.h>

#include <algorithm>
#include <array>

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
    if (std::filesystem::exists(folder / (name + ending))) return folder / (name + ending);
  }
  return {};
}

Path required_file(const Path& folder, const std::string& name) {
  const Path path = find_file(folder, name);
  if (!path.empty()) return path;
  const bool there = std::filesystem::is_directory(folder);
  throw Error(ExitCode::data,
              fmt::format("{}: {}; wanted {} or {}.gz", folder.string(),
                          there ? "the file is not in this folder" : "no such folder", name, name));
}

class IdxDataset : public Dataset {
 public:
  IdxDataset(const Path& folder, Split split, Classes classes) : classes_(std::move(classes)) {
    const Path image_path = required_file(folder, names_of(split).images);
    const Path label_path = required_file(folder, names_of(split).labels);
    IdxFile images = read_idx(image_path, 3);
    labels_ = read_idx(label_path, 1).values;
    if (static_cast<int64_t>(labels_.size()) != images.sizes[0]) {
      throw Error(ExitCode::data,
                  fmt::format("{}: {} labels, but {} has {} images", label_path.string(),
                              labels_.size(), image_path.string(), images.sizes[0]));
    }
    const auto bad = std::find_if(labels_.begin(), labels_.end(),
                                  [&](uint8_t label) { return label >= classes_.size(); });
    if (bad != labels_.end()) {
      throw Error(ExitCode::data,
                  fmt::format("{}: sample {} has label {}, there are {} classes (0 to {}); other "
                              "classes are named in data.classes",
                              label_path.string(), bad - labels_.begin(), *bad, classes_.size(),
                              classes_.size() - 1));
    }
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
    const uint8_t* from = pixels_.data() + static_cast<size_t>(key.index) * pixels.size();
    for (size_t i = 0; i < pixels.size(); ++i) pixels[i] = static_cast<float>(from[i]) / 255.0F;
  }

 private:
  std::string content_text() const {
    const auto part = [](const std::vector<uint8_t>& bytes) {
      return fingerprint_of({reinterpret_cast<const char*>(bytes.data()), bytes.size()}).text();
    };
    return shape_text(shape_) + part(pixels_) + part(labels_) + join(classes_, "\n");
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
    return !find_file(folder, names_of(split).images).empty();
  });
}

}  // namespace retort
