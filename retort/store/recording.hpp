#pragma once

#include <chrono>
#include <memory>
#include <string>
#include <vector>

#include "retort/store/shard.hpp"

namespace retort {

/// What a teacher said of samples in their views: a folder with recording.json and shards. Rows are
/// mapped into memory; new ones are gathered and written a shard at a time. Several processes may
/// share a folder. docs/recordings.md has the format.
class Recording {
 public:
  /// Makes a recording, or goes on with one of the same subject. A shard that is missing or damaged
  /// is taken out, with a warning: its rows are absent then. Throws Error (usage) that names what
  /// differs, Error (resources) where the folder cannot be written, Error (data) for a
  /// recording.json that is damaged, Error (usage) for more rows than most_rows.
  static std::shared_ptr<Recording> open(const Path& folder, const RecordingSubject& subject);
  /// For reading alone. Throws Error (data) that names a shard that is missing or damaged.
  static std::shared_ptr<Recording> open_to_read(const Path& folder);
  /// What is in a folder, without looking into its shards; nothing where there is no recording.
  static int64_t rows_in(const Path& folder);
  static constexpr int64_t most_rows = int64_t{1} << 26;

  /// Flushes what it can; an error has nobody to hear it.
  ~Recording();
  Recording(const Recording&) = delete;
  Recording& operator=(const Recording&) = delete;

  const Path& folder() const { return folder_; }
  const RecordingSubject& subject() const { return file_.subject; }
  bool has(SampleKey key) const { return place(key) != absent; }
  /// How many different rows there are.
  int64_t rows() const { return rows_; }
  /// All of it is there.
  bool whole() const { return rows_ == subject().rows(); }

  /// Rows of a recorded tensor, [keys, ...] fp32, all of which are there.
  Tensor gather(const std::string& name, const std::vector<SampleKey>& keys) const;
  /// Adds the rows that are not there yet; values: every recorded tensor, [keys, ...] fp32. A shard
  /// is written when enough have come. Throws Error (numeric) for a value that fp16 cannot hold,
  /// Error (resources) where a shard cannot be written.
  void add(const std::vector<SampleKey>& keys, const NamedTensors& values);
  /// Writes what was added, and looks what other processes have written.
  void flush();

  /// What was found damaged when it was opened, a line each.
  const std::vector<std::string>& warnings() const { return warnings_; }

 private:
  Recording(Path folder, RecordingFile file);
  // Where a row is: the number of its shard, from 1, above, its row below; `absent`: nowhere.
  static constexpr uint64_t absent = 0;
  static constexpr uint64_t row_bits = 40;
  static constexpr uint64_t pending_shard = (uint64_t{1} << 24) - 1;
  uint64_t& place(SampleKey key);
  uint64_t place(SampleKey key) const;
  void map(const ShardEntry& entry);
  void map_of_others(const ShardEntry& entry);
  void take_out_damaged();
  void write_pending();
  Tensor stored_rows(size_t tensor, const std::vector<uint64_t>& places) const;
  const char* row_bytes(size_t tensor, uint64_t place, size_t bytes) const;
  at::ScalarType type() const;

  Path folder_;
  RecordingFile file_;
  std::vector<uint64_t> places_;  // [views, samples]
  std::vector<std::unique_ptr<Shard>> shards_;
  int64_t rows_ = 0;
  std::vector<SampleKey> pending_keys_;
  std::vector<std::string> pending_;  // bytes of each tensor
  std::chrono::steady_clock::time_point first_pending_;
  std::vector<std::string> warnings_;
};

}  // namespace retort
