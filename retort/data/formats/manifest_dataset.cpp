#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "retort/base/error.hpp"
#include "retort/data/formats.hpp"
#include "retort/data/formats/manifest.hpp"

namespace retort {

void ManifestFormat::describe(FieldVisitor& visitor) {
  visitor.visit({.name = "path",
                 .help = "the list, .csv or .jsonl, relative to the experiment's folder; paths in "
                         "it start at its own",
                 .required = true},
                path);
  images.describe(visitor);
}

DatasetPointer ManifestFormat::open(Split split, const Path& base_folder) const {
  const Path file = base_folder / path;
  const std::string_view wanted = split == Split::train ? "train" : "test";
  std::set<std::string> names, pool_names;
  const std::vector<ManifestRow> rows = read_manifest(file);
  for (const ManifestRow& row : rows) {
    if (!row.label.empty()) names.insert(row.label);
    if (!row.pool.empty() && row.split == wanted) pool_names.insert(row.pool);
  }
  const Classes classes(names.begin(), names.end()), pools(pool_names.begin(), pool_names.end());
  const auto place = [](const Classes& in, const std::string& name) -> int64_t {
    return name.empty() ? no_label : std::lower_bound(in.begin(), in.end(), name) - in.begin();
  };
  std::vector<ImageFile> files;
  for (const ManifestRow& row : rows) {
    if (row.split != wanted) continue;
    files.push_back(
        {file.parent_path() / row.path, place(classes, row.label), place(pools, row.pool)});
  }
  if (files.empty()) {
    throw Error(ExitCode::data,
                fmt::format("{}: no rows of split {}", printable(file.string()), wanted));
  }
  return open_image_files(std::move(files), classes, images, {}, pools);
}

bool ManifestFormat::is_at(const Path& file) {
  return file.extension() == ".csv" || file.extension() == ".jsonl";
}

}  // namespace retort
