#include <fmt/format.h>

#include <array>
#include <fstream>
#include <set>
#include <span>
#include <sstream>

#include "retort/base/error.hpp"
#include "retort/data/byte_images.hpp"
#include "retort/data/formats.hpp"
#include "retort/data/formats/byte_stream.hpp"
#include "retort/data/formats/cifar.hpp"
#include "retort/data/formats/cifar_names.hpp"

namespace retort {
namespace {

struct NameList {
  const char* file;
  const char* published;
};

// What is published as one archive.
struct CifarSet {
  const char* name;    // as tools/get-data.sh knows it
  const char* folder;  // that the archive unpacks to
  size_t label_bytes;
  const char* train_part;  // one of five, by number
  const char* test_file;
  NameList fine, coarse;
};

constexpr size_t train_parts = 5;
constexpr CifarSet sets[] = {
    {"cifar-10",
     "cifar-10-batches-bin",
     1,
     "data_batch_{}.bin",
     "test_batch.bin",
     {"batches.meta.txt", cifar_10_names},
     {}},
    {"cifar-100",
     "cifar-100-binary",
     2,
     "train.bin.part{}",
     "test.bin",
     {"fine_label_names.txt", cifar_100_fine_names},
     {"coarse_label_names.txt", cifar_100_coarse_names}},
};

// The training images as they lie there.
struct TrainFiles {
  std::vector<Path> files;  // in order
  std::vector<std::string> missing;
};

constexpr std::array<int64_t, train_parts> all_parts = {1, 2, 3, 4, 5};

// CIFAR-100's are published as one file, and known in parts.
TrainFiles train_files(const CifarSet& set, const Path& folder,
                       std::span<const int64_t> numbers = all_parts) {
  const Path whole = set.label_bytes == 2 ? find_file(folder, "train.bin") : Path();
  if (!whole.empty() && numbers.size() == train_parts) return {{whole}, {}};
  TrainFiles parts;
  for (const int64_t number : numbers) {
    const std::string name = fmt::format(fmt::runtime(set.train_part), number);
    const Path file = find_file(folder, name);
    if (file.empty()) {
      parts.missing.push_back(name);
    } else {
      parts.files.push_back(file);
    }
  }
  return parts;
}

struct FoundSet {
  const CifarSet* set = nullptr;
  Path folder;
};

// The set whose files lie in a folder, or in the published folder in it; none: null.
FoundSet find_set(const Path& folder) {
  for (const CifarSet& set : sets) {
    for (const Path& place : {folder, folder / set.folder}) {
      if (!train_files(set, place).files.empty() || !find_file(place, set.test_file).empty()) {
        return {&set, place};
      }
    }
  }
  return {};
}

Classes read_names(const Path& folder, const NameList& list) {
  std::ifstream file(folder / list.file);
  std::istringstream known(list.published);
  std::istream& names = file ? static_cast<std::istream&>(file) : known;
  Classes classes;
  for (std::string name; names >> name;) classes.push_back(name);
  return classes;
}

[[noreturn]] void fail(const Path& folder, const std::string& what) {
  throw Error(ExitCode::data, fmt::format("{}: {}", printable(folder.string()), what));
}

FoundSet required_set(const Path& folder) {
  const FoundSet found = find_set(folder);
  if (found.set != nullptr) return found;
  std::error_code ignored;
  const bool there = std::filesystem::is_directory(folder, ignored);
  const bool hundred = folder.filename() == sets[1].name;
  fail(folder,
       fmt::format("{}; wanted data_batch_1.bin and test_batch.bin of CIFAR-10, or train.bin "
                   "and test.bin of CIFAR-100, plain, .gz or .xz; tools/get-data.sh {} gets "
                   "them",
                   there ? "no files of CIFAR in this folder" : "no such folder",
                   sets[hundred ? 1 : 0].name));
}

}  // namespace

void CifarFormat::describe(FieldVisitor& visitor) {
  visitor.visit({.name = "path",
                 .help = "folder of the files, or the one that holds their published folder; "
                         "relative to the experiment's own",
                 .required = true},
                path);
  visitor.visit({.name = "labels",
                 .help = "which classes of CIFAR-100: its 100, or the 20 that hold five each",
                 .choices = {"fine", "coarse"}},
                labels);
  visitor.visit({.name = "parts",
                 .help = "which of the files of training images, by number: [1] is "
                         "data_batch_1.bin alone; none: all that are there",
                 .range = Range::between(1, train_parts)},
                parts);
}

DatasetPointer CifarFormat::open(Split split, const Path& base_folder) const {
  const auto [set, folder] = required_set(base_folder / path);
  const bool coarse = labels == "coarse";
  if (coarse && set->label_bytes == 1) fail(folder, "CIFAR-10 has no coarse labels");
  if (std::set(parts.begin(), parts.end()).size() != parts.size()) {
    fail(folder, fmt::format("parts: a number stands twice in [{}]", fmt::join(parts, ", ")));
  }
  TrainFiles found;
  if (split == Split::train) {
    const bool any = parts.empty();
    found = train_files(*set, folder, any ? std::span<const int64_t>(all_parts) : parts);
    if (found.files.empty() || (!any && !found.missing.empty())) {
      fail(folder, fmt::format("wanted {}", join(found.missing, any ? " or " : " and ")));
    }
  } else {
    found.files.push_back(find_file(folder, set->test_file));
    if (found.files.front().empty()) fail(folder, fmt::format("wanted {}", set->test_file));
  }
  Classes classes = read_names(folder, coarse ? set->coarse : set->fine);
  const CifarLabels layout{set->label_bytes, coarse ? 0 : set->label_bytes - 1, classes.size()};
  CifarImages read;
  for (const Path& file : found.files) read_cifar(file, layout, read);
  const auto images = std::make_shared<ByteImages>(Shape{3, 32, 32}, std::move(read.pixels),
                                                   std::move(read.labels), std::move(classes));
  if (!found.missing.empty()) {
    images->warn(fmt::format("{}: without {}, which are not there: {} training images",
                             printable(folder.string()), join(found.missing), images->size()));
  }
  return images;
}

bool CifarFormat::is_in(const Path& folder) {
  return find_set(folder).set != nullptr;
}

}  // namespace retort
