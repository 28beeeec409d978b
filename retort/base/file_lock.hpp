#pragma once

#include "retort/base/file.hpp"

namespace retort {

/// An flock on a file that is there only while it is held. It ends with its process, however that
/// ends, whatever file is left; child programs do not inherit it. On file systems without locks it
/// holds nobody back.
class FileLock {
 public:
  explicit FileLock(Path path) : path_(std::move(path)) {}
  /// Lets go, and removes the file.
  ~FileLock();
  FileLock(const FileLock&) = delete;
  FileLock& operator=(const FileLock&) = delete;

  enum class Outcome { held, busy, no_file };
  /// Tries once, without waiting. no_file: it cannot be made, and errno says why.
  Outcome take();
  /// Writes who holds it into the file of a lock that is held; on a full disk nothing.
  void sign(std::string_view text) const;
  /// Whether a process holds the lock of this file now.
  static bool is_held(const Path& path);

 private:
  Path path_;
  int file_ = -1;
};

}  // namespace retort
