#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <iterator>

#include "retort/base/error.hpp"
#include "retort/data/formats.hpp"
#include "retort/data/images/image.hpp"

namespace retort {
namespace {

[[noreturn]] void fail(const Path& folder, const std::string& what) {
  throw Error(ExitCode::data, fmt::format("{}: {}", printable(folder.string()), what));
}

bool is_hidden(const Path& path) {
  return path.filename().string().starts_with('.');
}

// The folders in a folder by name, sorted as bytes; those whose name begins with a dot are no
// classes.
Classes classes_in(const Path& folder) {
  Classes names;
  std::error_code error;
  for (const auto& entry : std::filesystem::directory_iterator(folder, error)) {
    if (entry.is_directory() && !is_hidden(entry)) names.push_back(entry.path().filename());
  }
  if (error) fail(folder, "no folder that can be read; wanted one with a folder for each class");
  if (names.empty()) fail(folder, "wanted a folder for each class, got none");
  std::sort(names.begin(), names.end());
  return names;
}

// The image files under a folder, sorted by path.
std::vector<Path> images_under(const Path& folder) try {
  std::vector<Path> files;
  for (auto entry = std::filesystem::recursive_directory_iterator(folder);
       entry != std::filesystem::recursive_directory_iterator(); ++entry) {
    if (is_hidden(entry->path())) {
      if (entry->is_directory()) entry.disable_recursion_pending();
    } else if (is_image_name(entry->path()) && !entry->is_directory()) {
      files.push_back(entry->path());
    }
  }
  std::sort(files.begin(), files.end());
  return files;
} catch (const std::filesystem::filesystem_error& error) {
  fail(error.path1(), error.code().message());
}

// Adds the images under a folder without labels; returns its pools, the folders in it.
Classes add_unlabelled(const Path& folder, const Classes& classes, std::vector<ImageFile>& files) {
  Classes pools;
  for (const Path& file : images_under(folder)) {
    const Path inside = file.lexically_relative(folder);
    for (const Path& part : inside.parent_path()) {
      if (std::find(classes.begin(), classes.end(), part.string()) == classes.end()) continue;
      fail(folder / part,
           fmt::format("data.unlabelled wants images without labels, and this folder is named like "
                       "the class \"{}\": move it to train, or its images one folder up",
                       printable(part.string())));
    }
    const std::string pool = inside.has_parent_path() ? inside.begin()->string() : "";
    if (!pool.empty() && (pools.empty() || pools.back() != pool)) pools.push_back(pool);
    const auto place = static_cast<int64_t>(pools.size()) - 1;
    files.push_back({file, no_label, pool.empty() ? no_label : place});
  }
  if (files.empty()) fail(folder, "no .jpg, .jpeg or .png files under it");
  return pools;
}

bool is_number(const std::string& name) {
  return std::all_of(name.begin(), name.end(),
                     [](unsigned char c) { return std::isdigit(c) != 0; });
}

}  // namespace

void FolderFormat::describe(FieldVisitor& visitor) {
  visitor.visit({.name = "path",
                 .help = "folder of the two folders below, relative to the experiment's own",
                 .required = true},
                path);
  visitor.visit({.name = "train", .help = "folder in it with a folder of images for each class"},
                train);
  visitor.visit({.name = "test", .help = "the same of the test images"}, test);
  visitor.visit({.name = "unlabelled",
                 .help = "folder in it of further training images without labels, a folder in that "
                         "for each pool; the classes are those of the test images too"},
                unlabelled);
  images.describe(visitor);
}

DatasetPointer FolderFormat::open(Split split, const Path& base_folder) const {
  const Path whole = base_folder / path;
  const bool has_labels = unlabelled.empty() || std::filesystem::exists(whole / train);
  const Path training = whole / (has_labels ? train : test);
  const Classes trained = classes_in(training);
  Classes classes = trained;
  if (!unlabelled.empty()) {
    const Classes tested = classes_in(whole / test);
    classes.clear();
    std::set_union(trained.begin(), trained.end(), tested.begin(), tested.end(),
                   std::back_inserter(classes));
  }
  const Path folder = split == Split::train ? training : whole / test;
  std::vector<ImageFile> files;
  Classes pools;
  if (split == Split::train && !unlabelled.empty()) {
    pools = add_unlabelled(whole / unlabelled, classes, files);
  }
  for (const std::string& name : classes_in(folder)) {
    if (split == Split::train && !has_labels) break;
    const auto found = std::find(classes.begin(), classes.end(), name);
    if (found == classes.end()) {
      fail(folder / name, fmt::format("a class that the training images in {} lack",
                                      printable(training.string())));
    }
    const std::vector<Path> paths = images_under(folder / name);
    if (paths.empty()) fail(folder / name, "a class without .jpg, .jpeg or .png files");
    for (const Path& file : paths) files.push_back({file, found - classes.begin()});
  }
  std::vector<std::string> warnings;
  if (split == Split::train && classes.size() > trained.size()) {
    Classes missing;
    std::set_difference(classes.begin(), classes.end(), trained.begin(), trained.end(),
                        std::back_inserter(missing));
    warnings.push_back(fmt::format("{}: no folder {}: there is no label of such images to learn",
                                   printable(training.string()), printable(join(missing))));
  }
  if (split == Split::train && std::all_of(classes.begin(), classes.end(), is_number)) {
    warnings.push_back(
        fmt::format("{}: all class names are numbers; they are sorted as text, so "
                    "\"10\" comes before \"2\"",
                    printable(folder.string())));
  }
  return open_image_files(std::move(files), classes, images, std::move(warnings), std::move(pools));
}

bool FolderFormat::is_in(const Path& folder) {
  std::error_code ignored;
  for (const auto& entry : std::filesystem::directory_iterator(folder / "train", ignored)) {
    if (entry.is_directory() && !is_hidden(entry)) return true;
  }
  return false;
}

}  // namespace retort
