#pragma once

#include "retort/base/file.hpp"

namespace retort {

/// Keeps other processes from working in a folder, while it lives and its process does. It is an
/// flock on the file .lock, in which the holder's name stands; a process that died holds nothing,
/// whatever the file says. Child programs do not inherit it. On file systems without locks it
/// holds nobody back.
class FolderLock {
 public:
  /// Throws Error (resources) that says who holds the folder.
  explicit FolderLock(const Path& folder);
  ~FolderLock();
  FolderLock(const FolderLock&) = delete;
  FolderLock& operator=(const FolderLock&) = delete;

 private:
  Path path_;
  int file_ = -1;
};

}  // namespace retort
