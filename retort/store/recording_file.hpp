#pragma once

#include <string>
#include <vector>

#include "retort/base/file.hpp"
#include "retort/base/hash.hpp"
#include "retort/tensor/shape.hpp"

namespace retort {

/// A tensor that a recording has for every row.
struct RecordedTensor {
  std::string name;  // "logits"
  Shape shape;       // of one row
  bool operator==(const RecordedTensor&) const = default;
};

/// What a recording is of. Two recordings of the same are interchangeable.
struct RecordingSubject {
  Fingerprint teacher;
  Fingerprint data;        // before any choice of its samples and any augmentation
  std::string transforms;  // Dataset::augmentation()
  int64_t samples = 0;     // of the data
  int64_t views = 1;       // of a sample
  std::string precision;   // "fp32" or "fp16"
  std::vector<RecordedTensor> tensors;

  /// Names the folder of the recording where nobody else does: of all of the above.
  Fingerprint fingerprint() const;
  int64_t rows() const { return samples * views; }
  /// Bytes of a row on the disk.
  int64_t row_bytes() const;
};

/// "the teacher", "the data" and so on: what differs first, with both sides; empty where nothing
/// does.
std::string difference(const RecordingSubject& wanted, const RecordingSubject& found);

/// Throws Error (usage) that begins with the folder and names what differs.
void check_same_subject(const Path& folder, const RecordingSubject& wanted,
                        const RecordingSubject& found);

/// A shard of a recording as recording.json lists it.
struct ShardEntry {
  std::string file;
  int64_t rows = 0;
  int64_t bytes = 0;     // of the file
  std::string checksum;  // XXH3 (128 bits) of the file
  bool operator==(const ShardEntry&) const = default;
};

/// recording.json.
struct RecordingFile {
  RecordingSubject subject;
  std::vector<ShardEntry> shards;
};

inline constexpr const char* recording_file_name = "recording.json";
/// Images that a teacher is asked at a time while it is recorded, always.
inline constexpr int64_t micro_batch_images = 64;

/// Throws Error (data) for what is none, or of another format.
RecordingFile read_recording_file(const Path& folder);
/// Whole or absent. Throws Error (resources).
void write_recording_file(const Path& folder, const RecordingFile& file);

}  // namespace retort
