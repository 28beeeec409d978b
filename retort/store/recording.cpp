#include "retort/store/recording.hpp"

#include <ATen/ops/empty.h>
#include <ATen/ops/from_blob.h>
#include <ATen/ops/isinf.h>
#include <fmt/format.h>

#include <algorithm>
#include <cassert>
#include <cerrno>
#include <cstring>
#include <thread>

#include "retort/base/file_lock.hpp"

namespace retort {
namespace {

constexpr const char* lock_name = ".recording-lock";

// A shard is written when it holds this much, or has waited so long: a kill costs no more.
constexpr size_t shard_bytes = size_t{16} << 20;
constexpr auto longest_wait = std::chrono::seconds(30);

// Does `work` while no other process changes recording.json.
template <class Work>
void locked(const Path& folder, const Work& work) {
  constexpr auto pause = std::chrono::milliseconds(5);
  constexpr int most_pauses = 24'000;  // two minutes: a shard takes seconds at most
  FileLock lock(folder / lock_name);
  for (int pauses = 0; lock.take() == FileLock::Outcome::busy; ++pauses) {
    if (pauses == most_pauses) {
      throw Error(ExitCode::resources,
                  fmt::format("{}: another process writes to it all the time", folder.string()));
    }
    std::this_thread::sleep_for(pause);
  }
  work();
}

std::string shard_name(size_t number) {
  return fmt::format("shard-{:05}.safetensors", number);
}

bool is_there(const Path& folder) {
  return std::filesystem::exists(folder / recording_file_name);
}

// A folder of something else is no place for a recording; shards without a list are worth nothing.
void check_empty(const Path& folder) {
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    const std::string name = entry.path().filename().string();
    if (name == lock_name || name.starts_with("shard-")) continue;
    throw Error(ExitCode::usage,
                fmt::format("{}: holds no recording but other files, as {}; wanted a new folder",
                            folder.string(), printable(name)));
  }
}

}  // namespace

Recording::Recording(Path folder, RecordingFile file)
    : folder_(std::move(folder)), file_(std::move(file)) {
  if (subject().rows() > most_rows) {
    throw Error(ExitCode::usage,
                fmt::format("{}: {} samples in {} views are {} rows, a recording has {} at most",
                            folder_.string(), subject().samples, subject().views, subject().rows(),
                            most_rows));
  }
  places_.resize(static_cast<size_t>(subject().rows()), absent);
  pending_.resize(subject().tensors.size());
}

std::shared_ptr<Recording> Recording::open(const Path& folder, const RecordingSubject& subject) {
  make_writable_folder(folder);
  std::shared_ptr<Recording> recording;
  locked(folder, [&] {
    remove_unfinished_files(folder);
    RecordingFile file{subject, {}};
    if (is_there(folder)) {
      file = read_recording_file(folder);
    } else {
      check_empty(folder);
    }
    check_same_subject(folder, subject, file.subject);
    recording.reset(new Recording(folder, std::move(file)));
    recording->take_out_damaged();
  });
  return recording;
}

std::shared_ptr<Recording> Recording::open_to_read(const Path& folder) {
  std::shared_ptr<Recording> recording(new Recording(folder, read_recording_file(folder)));
  for (const ShardEntry& entry : recording->file_.shards) recording->map(entry);
  return recording;
}

int64_t Recording::rows_in(const Path& folder) {
  int64_t rows = 0;
  if (is_there(folder)) {
    for (const ShardEntry& entry : read_recording_file(folder).shards) rows += entry.rows;
  }
  return rows;
}

Recording::~Recording() {
  try {
    if (!pending_keys_.empty()) flush();
  } catch (const std::exception&) {
    // The rows are asked again by whoever needs them.
  }
}

// Under the lock: nobody adds a shard meanwhile.
void Recording::take_out_damaged() {
  std::vector<ShardEntry> whole;
  for (const ShardEntry& entry : file_.shards) {
    try {
      map(entry);
      whole.push_back(entry);
    } catch (const Error& error) {
      warnings_.push_back(
          fmt::format("{}; its {} rows are recorded again", error.what(), entry.rows));
      std::error_code ignored;
      std::filesystem::remove(folder_ / entry.file, ignored);
    }
  }
  if (whole.size() == file_.shards.size() && is_there(folder_)) return;
  file_.shards = std::move(whole);
  write_recording_file(folder_, file_);
}

void Recording::map(const ShardEntry& entry) {
  shards_.push_back(std::make_unique<Shard>(folder_, entry, subject()));
  const Shard& shard = *shards_.back();
  for (int64_t row = 0; row < shard.rows(); ++row) {
    uint64_t& place_of_row = place(shard.key(row));
    if (place_of_row == absent) ++rows_;
    place_of_row = shards_.size() << row_bits | static_cast<uint64_t>(row);
  }
}

uint64_t& Recording::place(SampleKey key) {
  return places_[static_cast<size_t>(key.view * subject().samples + key.index)];
}

uint64_t Recording::place(SampleKey key) const {
  return places_[static_cast<size_t>(key.view * subject().samples + key.index)];
}

at::ScalarType Recording::type() const {
  return subject().precision == "fp16" ? at::kHalf : at::kFloat;
}

const char* Recording::row_bytes(size_t tensor, uint64_t place, size_t bytes) const {
  const uint64_t shard = place >> row_bits;
  const uint64_t row = place & ((uint64_t{1} << row_bits) - 1);
  const char* rows =
      shard == pending_shard ? pending_[tensor].data() : shards_[shard - 1]->tensor(tensor);
  return rows + row * bytes;
}

Tensor Recording::stored_rows(size_t tensor, const std::vector<uint64_t>& places) const {
  Shape shape = {static_cast<int64_t>(places.size())};
  const Shape& of_row = subject().tensors[tensor].shape;
  shape.insert(shape.end(), of_row.begin(), of_row.end());
  const Tensor rows = at::empty(shape, type());
  const size_t bytes = static_cast<size_t>(element_count(of_row)) * rows.element_size();
  auto* target = static_cast<char*>(rows.data_ptr());
  for (const uint64_t at : places) {
    assert(at != absent);
    std::memcpy(target, row_bytes(tensor, at, bytes), bytes);
    target += bytes;
  }
  return rows;
}

Tensor Recording::gather(const std::string& name, const std::vector<SampleKey>& keys) const {
  const auto found =
      std::find_if(subject().tensors.begin(), subject().tensors.end(),
                   [&](const RecordedTensor& tensor) { return tensor.name == name; });
  assert(found != subject().tensors.end());
  std::vector<uint64_t> places;
  places.reserve(keys.size());
  for (const SampleKey& key : keys) places.push_back(place(key));
  const auto tensor = static_cast<size_t>(found - subject().tensors.begin());
  return stored_rows(tensor, places).to(at::kFloat);
}

void Recording::add(const std::vector<SampleKey>& keys, const NamedTensors& values) {
  std::vector<Tensor> stored;
  for (const RecordedTensor& tensor : subject().tensors) {
    const Tensor& rows = values.at(tensor.name);
    stored.push_back(rows.to(type()).contiguous());
    if (type() == at::kHalf && !stored.back().isinf().equal(rows.isinf())) {
      throw Error(ExitCode::numeric,
                  fmt::format("{}: '{}' has a value beyond fp16 (65504); record it in fp32",
                              folder_.string(), printable(tensor.name)));
    }
  }
  size_t bytes = 0;
  for (size_t i = 0; i < keys.size(); ++i) {
    uint64_t& place_of_row = place(keys[i]);
    if (place_of_row != absent) continue;
    if (pending_keys_.empty()) first_pending_ = std::chrono::steady_clock::now();
    place_of_row = pending_shard << row_bits | pending_keys_.size();
    pending_keys_.push_back(keys[i]);
    ++rows_;
    for (size_t t = 0; t < stored.size(); ++t) {
      const size_t row = stored[t].nbytes() / keys.size();
      pending_[t].append(static_cast<const char*>(stored[t].const_data_ptr()) + i * row, row);
    }
  }
  for (const std::string& rows : pending_) bytes += rows.size();
  const bool waited =
      !pending_keys_.empty() && std::chrono::steady_clock::now() - first_pending_ > longest_wait;
  if (bytes >= shard_bytes || waited) flush();
}

void Recording::flush() {
  make_writable_folder(folder_);
  locked(folder_, [&] {
    RecordingFile now{subject(), {}};
    if (is_there(folder_)) now = read_recording_file(folder_);
    for (const ShardEntry& entry : now.shards) {
      const auto& known = file_.shards;
      if (std::find(known.begin(), known.end(), entry) == known.end()) map_of_others(entry);
    }
    file_.shards = now.shards;
    write_pending();
  });
}

// A shard that another process has written; a damaged one is found by who opens the recording next.
void Recording::map_of_others(const ShardEntry& entry) {
  try {
    map(entry);
  } catch (const Error& error) {
    warnings_.push_back(error.what());
  }
}

// Under the lock. What another process was quicker with is not written twice.
void Recording::write_pending() {
  std::vector<SampleKey> keys;
  std::vector<uint64_t> places;
  for (size_t row = 0; row < pending_keys_.size(); ++row) {
    const uint64_t own = pending_shard << row_bits | row;
    if (place(pending_keys_[row]) != own) continue;
    keys.push_back(pending_keys_[row]);
    places.push_back(own);
  }
  if (!keys.empty()) {
    NamedTensors values;
    for (size_t t = 0; t < pending_.size(); ++t) {
      values.set(subject().tensors[t].name, stored_rows(t, places));
    }
    const auto is_taken = [&](const std::string& name) {
      return std::any_of(file_.shards.begin(), file_.shards.end(),
                         [&](const ShardEntry& entry) { return entry.file == name; });
    };
    size_t number = file_.shards.size();
    while (is_taken(shard_name(number))) ++number;
    const ShardEntry entry = write_shard(folder_, shard_name(number), subject(), keys, values);
    file_.shards.push_back(entry);
    write_recording_file(folder_, file_);
    map(entry);
  }
  pending_keys_.clear();
  for (std::string& rows : pending_) rows.clear();
}

}  // namespace retort
