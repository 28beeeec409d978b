#include "retort/data/formats/image_files.hpp"

#include <ATen/Parallel.h>
#include <fmt/format.h>

#include <algorithm>
#include <cassert>

#include "retort/base/error.hpp"
#include "retort/data/byte_images.hpp"
#include "retort/data/images/resize.hpp"

namespace retort {
namespace {

class ImageFiles : public Dataset {
 public:
  ImageFiles(std::vector<ImageFile> files, Classes classes, const ImageFileSettings& settings,
             std::vector<std::string> warnings, Classes pools)
      : files_(std::move(files)),
        classes_(std::move(classes)),
        pools_(std::move(pools)),
        settings_(settings),
        shape_{3, settings.height(), settings.width()},
        warnings_(std::move(warnings)) {
    const std::vector<std::string> errors = read_all();
    leave_out_damaged(errors);
    std::string content = shape_text(shape_);
    for (size_t i = 0; i < files_.size(); ++i) {
      content += fmt::format("\n{} {}", prints_[i].text(), files_[i].label);
    }
    for (const std::string& name : classes_) content += fmt::format("\n{}:{}", name.size(), name);
    if (!pools_.empty()) {
      content += "\npools\n" + join(pools_, "\n");
      for (const ImageFile& file : files_) content += fmt::format("\n{}", file.pool);
    }
    fingerprint_ = fingerprint_of(content);
  }

  int64_t size() const override { return static_cast<int64_t>(files_.size()); }
  const Shape& shape() const override { return shape_; }
  const Classes& classes() const override { return classes_; }
  Fingerprint fingerprint() const override { return fingerprint_; }
  int64_t label(int64_t index) const override { return files_[static_cast<size_t>(index)].label; }
  const Classes& pools() const override { return pools_; }
  int64_t pool(int64_t index) const override { return files_[static_cast<size_t>(index)].pool; }
  std::vector<std::string> warnings() const override { return warnings_; }

  void read(SampleKey key, std::span<float> pixels) const override {
    const auto index = static_cast<size_t>(key.index);
    if (!kept_.empty()) return write_pixels(kept_[index], pixels);
    const std::vector<uint8_t> bytes = decoded(files_[index].path);
    if (print_of(bytes) != prints_[index]) {
      throw Error(ExitCode::data, fmt::format("{}: has changed since the data set was opened",
                                              printable(files_[index].path.string())));
    }
    write_pixels(bytes, pixels);
  }

 private:
  std::vector<uint8_t> decoded(const Path& path) const {
    const Image image = read_image(path);
    try {
      return fitted(image, settings_.resize, shape_[1], shape_[2]).pixels;
    } catch (const Error& error) {
      throw Error(ExitCode::data,
                  fmt::format("{}: resized: {}", printable(path.string()), error.what()));
    }
  }

  static Fingerprint print_of(const std::vector<uint8_t>& bytes) {
    return fingerprint_of({reinterpret_cast<const char*>(bytes.data()), bytes.size()});
  }

  // Fills prints_, and kept_ where there is room for all; returns what is wrong with each file.
  std::vector<std::string> read_all() {
    const int64_t bytes = size() * element_count(shape_);
    const bool keep = bytes <= settings_.memory << 20;
    if (keep) kept_.resize(files_.size());
    prints_.resize(files_.size());
    std::vector<std::string> errors(files_.size());
    at::parallel_for(0, size(), 1, [&](int64_t first, int64_t last) {
      for (auto i = static_cast<size_t>(first); i < static_cast<size_t>(last); ++i) {
        try {
          std::vector<uint8_t> pixels = decoded(files_[i].path);
          prints_[i] = print_of(pixels);
          if (keep) kept_[i] = std::move(pixels);
        } catch (const Error& error) {
          errors[i] = error.what();
        }
      }
    });
    return errors;
  }

  void leave_out_damaged(const std::vector<std::string>& errors) {
    std::vector<std::string> told;
    for (size_t i = 0; i < errors.size(); ++i) {
      const size_t place = i - told.size();
      if (!errors[i].empty()) {
        told.push_back(errors[i]);
      } else if (place != i) {
        files_[place] = std::move(files_[i]);
        prints_[place] = prints_[i];
        if (!kept_.empty()) kept_[place] = std::move(kept_[i]);
      }
    }
    if (told.empty()) return;
    const size_t sound = errors.size() - told.size();
    const std::string count =
        fmt::format("{} of {} image files are damaged", told.size(), errors.size());
    if (settings_.damaged == "refuse" || sound == 0) {
      throw Error(ExitCode::data,
                  told.front() + (told.size() == 1 ? "" : "; " + count) +
                      (sound == 0 ? "" : "; data.damaged = \"skip\" leaves such files out"));
    }
    constexpr size_t most_named = 20;
    warnings_.push_back(count + " and left out");
    warnings_.insert(warnings_.end(), told.begin(),
                     told.begin() + static_cast<std::ptrdiff_t>(std::min(told.size(), most_named)));
    files_.resize(sound);
    prints_.resize(sound);
    if (!kept_.empty()) kept_.resize(sound);
  }

  std::vector<ImageFile> files_;
  Classes classes_;
  Classes pools_;
  ImageFileSettings settings_;
  Shape shape_;
  std::vector<std::string> warnings_;
  std::vector<Fingerprint> prints_;         // of the pixels of each
  std::vector<std::vector<uint8_t>> kept_;  // [3, H, W] of each; empty: they are read again
  Fingerprint fingerprint_;
};

}  // namespace

void ImageFileSettings::describe(FieldVisitor& visitor) {
  visitor.visit({.name = "size",
                 .help = "what images are brought to: one side, or height and width",
                 .range = Range::between(1, 4096)},
                size);
  visitor.visit({.name = "resize",
                 .help = "what the short side is resized to before the centre is cropped; 0: so "
                         "that the size is just covered",
                 .range = Range::between(0, 8192)},
                resize);
  visitor.visit({.name = "damaged",
                 .help = "what a file that cannot be decoded does: end it, or be left out and "
                         "warned of",
                 .choices = {"refuse", "skip"}},
                damaged);
  visitor.visit({.name = "memory",
                 .help = "MiB of pixels that a split may take in memory; more of them are decoded "
                         "from their files again each time. The bytes are the same",
                 .range = Range::between(0, 1 << 20)},
                memory);
}

DatasetPointer open_image_files(std::vector<ImageFile> files, Classes classes,
                                const ImageFileSettings& settings,
                                std::vector<std::string> warnings, Classes pools) {
  if (settings.size.empty() || settings.size.size() > 2) {
    throw Error(ExitCode::usage, fmt::format("data.size: wanted one side, or height and width, got "
                                             "{} numbers",
                                             settings.size.size()));
  }
  const int64_t largest = std::max(settings.height(), settings.width());
  if (settings.resize > 0 && settings.resize < largest) {
    throw Error(ExitCode::usage,
                fmt::format("data.resize: wanted 0, or {} or more as in data.size, "
                            "got {}",
                            largest, settings.resize));
  }
  return std::make_shared<ImageFiles>(std::move(files), std::move(classes), settings,
                                      std::move(warnings), std::move(pools));
}

}  // namespace retort
