#pragma once

#include <cstddef>
#include <filesystem>
#include <string>
#include <string_view>

#include "retort/base/error.hpp"

namespace retort {

using Path = std::filesystem::path;

/// The bytes of a whole file. Throws Error with `code` when it is missing, a folder, unreadable or
/// larger than `most_bytes`.
std::string read_file(const Path& path, ExitCode code, size_t most_bytes = size_t{1} << 40);

/// Writes a file so that it is whole or absent: into a temporary file in the same folder, flushed
/// to the disk, then renamed, and the folder flushed too. Throws Error (resources) with the
/// system's reason; nothing is left behind.
void write_file(const Path& path, std::string_view bytes);

/// Removes the temporary files that processes left in a folder when they were killed in write_file.
/// Only for a folder that no other process writes to now; one that is not there is fine.
void remove_unfinished_files(const Path& folder);

/// Makes a folder and its parents. Throws Error (resources) when it cannot be made or written to.
void make_writable_folder(const Path& folder);

/// A file that grows line by line (metrics.jsonl): every line is handed to the system as it comes.
class LineFile {
 public:
  /// Goes on at the end of what is there.
  explicit LineFile(const Path& path);
  ~LineFile();
  LineFile(const LineFile&) = delete;
  LineFile& operator=(const LineFile&) = delete;
  /// Throws Error (resources) when the line could not be written whole.
  void write(std::string_view line);

 private:
  Path path_;
  int file_ = -1;
};

}  // namespace retort
