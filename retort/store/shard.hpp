#pragma once

#include <map>
#include <span>
#include <string>

#include "retort/data/dataset.hpp"
#include "retort/store/recording_file.hpp"
#include "retort/tensor/named_tensors.hpp"

namespace retort {

/// A file that is mapped into memory for reading.
class MappedFile {
 public:
  /// Throws Error (data) with the system's reason.
  explicit MappedFile(const Path& path);
  ~MappedFile();
  MappedFile(const MappedFile&) = delete;
  MappedFile& operator=(const MappedFile&) = delete;
  std::string_view bytes() const { return {bytes_, size_}; }

 private:
  const char* bytes_ = nullptr;
  size_t size_ = 0;
};

/// Rows of a recording in one safetensors file: "sample" and "view", [rows] I64, and each recorded
/// tensor, [rows, ...] F32 or F16.
class Shard {
 public:
  /// Maps the file and checks it against its entry and the recording. The checksum of a file is
  /// computed once in a process. Throws Error (data) that names the file and says what is wrong.
  Shard(const Path& folder, const ShardEntry& entry, const RecordingSubject& subject);

  int64_t rows() const { return rows_; }
  SampleKey key(int64_t row) const { return {samples_[row], views_[row]}; }
  /// The bytes of the recording's tensor with this number, row after row.
  const char* tensor(size_t number) const { return tensors_[number]; }

 private:
  MappedFile file_;
  int64_t rows_;
  const int64_t* samples_ = nullptr;
  const int64_t* views_ = nullptr;
  std::vector<const char*> tensors_;
};

/// Writes rows as a shard, whole or absent, and returns its entry. Throws Error (resources).
ShardEntry write_shard(const Path& folder, const std::string& name, const RecordingSubject& subject,
                       const std::vector<SampleKey>& keys, const NamedTensors& values);

}  // namespace retort
