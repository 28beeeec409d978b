#pragma once

#include "retort/base/file_lock.hpp"

namespace retort {

/// Keeps other processes from working in a folder, while it lives and its process does: a FileLock
/// on its file .lock, in which the holder's name stands.
class FolderLock {
 public:
  /// Throws Error (resources) that says who holds the folder.
  explicit FolderLock(const Path& folder);
  /// Whether a process holds this folder now.
  static bool is_held(const Path& folder);

 private:
  FileLock lock_;
};

}  // namespace retort
