#include "retort/store/shard.hpp"

#include <ATen/ops/tensor.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <mutex>
#include <set>

#include "retort/tensor/safetensors.hpp"
#include "retort/tensor/safetensors_header.hpp"

namespace retort {
namespace {

[[noreturn]] void fail(const Path& path, const std::string& what) {
  throw Error(ExitCode::data, fmt::format("shard {}: {}", path.string(), what));
}

// Whether this file was found whole earlier in this process; `check` tells it at the first time.
template <class Check>
void once(const std::string& file_and_checksum, const Check& check) {
  static std::mutex mutex;
  static std::set<std::string> whole;
  {
    const std::lock_guard lock(mutex);
    if (whole.contains(file_and_checksum)) return;
  }
  check();
  const std::lock_guard lock(mutex);
  whole.insert(file_and_checksum);
}

const char* data_of(const SafetensorsHeader& header, std::string_view bytes, const Path& path,
                    const std::string& name, const std::string& type, const Shape& shape) {
  for (const SafetensorsEntry& entry : header.entries) {
    if (entry.name != name || entry.dtype != type || entry.shape != shape) continue;
    return bytes.data() + header.data_begin + entry.begin;
  }
  fail(path,
       fmt::format("has no tensor '{}' of {} [{}]", printable(name), type, fmt::join(shape, ", ")));
}

}  // namespace

MappedFile::MappedFile(const Path& path) {
  const int file = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  if (file < 0) fail(path, errno == ENOENT ? "is missing" : std::strerror(errno));
  struct stat status {};
  void* bytes = MAP_FAILED;
  if (::fstat(file, &status) == 0 && S_ISREG(status.st_mode) && status.st_size > 0) {
    size_ = static_cast<size_t>(status.st_size);
    bytes = ::mmap(nullptr, size_, PROT_READ, MAP_SHARED, file, 0);
  }
  ::close(file);
  if (bytes == MAP_FAILED) fail(path, "is empty or cannot be mapped into memory");
  bytes_ = static_cast<const char*>(bytes);
}

MappedFile::~MappedFile() {
  ::munmap(const_cast<char*>(bytes_), size_);
}

Shard::Shard(const Path& folder, const ShardEntry& entry, const RecordingSubject& subject)
    : file_(folder / entry.file), rows_(entry.rows) {
  const Path path = folder / entry.file;
  const std::string_view bytes = file_.bytes();
  if (static_cast<int64_t>(bytes.size()) != entry.bytes) {
    fail(path, fmt::format("wanted {} bytes, got {}: it was cut off or is another file",
                           entry.bytes, bytes.size()));
  }
  once(path.string() + "\n" + entry.checksum, [&] {
    if (fingerprint_of(bytes).text() != entry.checksum) {
      fail(path, "its bytes do not fit their checksum: it is damaged");
    }
  });
  const SafetensorsHeader header =
      parse_safetensors_header(bytes.substr(0, std::min<size_t>(bytes.size(), size_t{1} << 20)),
                               bytes.size(), path.string());
  const auto column = [&](const char* name) {
    return reinterpret_cast<const int64_t*>(data_of(header, bytes, path, name, "I64", {rows_}));
  };
  samples_ = column("sample");
  views_ = column("view");
  for (const RecordedTensor& tensor : subject.tensors) {
    Shape shape = {rows_};
    shape.insert(shape.end(), tensor.shape.begin(), tensor.shape.end());
    const char* type = subject.precision == "fp16" ? "F16" : "F32";
    tensors_.push_back(data_of(header, bytes, path, tensor.name, type, shape));
  }
  for (int64_t row = 0; row < rows_; ++row) {
    const auto [sample, view] = key(row);
    if (sample >= 0 && sample < subject.samples && view >= 0 && view < subject.views) continue;
    fail(path, fmt::format("row {} is of sample {}, view {}: the data have {} samples, {} views",
                           row, sample, view, subject.samples, subject.views));
  }
}

ShardEntry write_shard(const Path& folder, const std::string& name, const RecordingSubject& subject,
                       const std::vector<SampleKey>& keys, const NamedTensors& values) {
  std::vector<int64_t> samples, views;
  for (const SampleKey& key : keys) {
    samples.push_back(key.index);
    views.push_back(key.view);
  }
  Safetensors content;
  content.tensors = values;
  content.tensors.set("sample", at::tensor(samples, at::kLong));
  content.tensors.set("view", at::tensor(views, at::kLong));
  content.metadata = {{"retort.teacher", subject.teacher.text()},
                      {"retort.data", subject.data.text()},
                      {"retort.transforms", subject.transforms}};
  const Path path = folder / name;
  write_safetensors(path, content);
  const MappedFile file(path);
  return {name, static_cast<int64_t>(keys.size()), static_cast<int64_t>(file.bytes().size()),
          fingerprint_of(file.bytes()).text()};
}

}  // namespace retort
