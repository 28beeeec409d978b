#pragma once

#include <functional>
#include <string>

#include "retort/base/file_lock.hpp"

namespace retort {

/// Held while a model is trained that other runs would find by its fingerprint: of several
/// processes that need it one trains, and the others wait for it. A process that ends, however it
/// ends, holds nothing.
class TrainingLock {
 public:
  /// Waits until nobody else holds the lock of this fingerprint below `root`; `on_wait` is called
  /// once if it has to. A root in which no file can be made or locked is not locked: at worst a
  /// model is trained twice. Throws Error (interrupted) when a stop is requested meanwhile.
  TrainingLock(const Path& root, const std::string& fingerprint,
               const std::function<void()>& on_wait);

 private:
  FileLock lock_;
};

}  // namespace retort
