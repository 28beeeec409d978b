#include "retort/experiment/training_lock.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <thread>

#include "retort/base/interrupt.hpp"

namespace retort {
namespace {

// Whether the open file is still the one of that name: its holder removes it in the end.
bool is_at(int file, const Path& path) {
  struct stat opened {
  }, named{};
  return ::fstat(file, &opened) == 0 && ::stat(path.c_str(), &named) == 0 &&
         opened.st_dev == named.st_dev && opened.st_ino == named.st_ino;
}

}  // namespace

TrainingLock::TrainingLock(const Path& root, const std::string& fingerprint,
                           const std::function<void()>& on_wait)
    : path_(root / (".training-" + fingerprint)) {
  constexpr auto pause = std::chrono::milliseconds(50);
  bool waited = false;
  while (true) {
    file_ = ::open(path_.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0644);
    if (file_ < 0) return;
    if (::flock(file_, LOCK_EX | LOCK_NB) == 0) {
      if (is_at(file_, path_)) return;
    } else if (errno != EWOULDBLOCK && errno != EINTR) {
      return;  // no locks on this file system
    } else {
      if (!waited) on_wait();
      waited = true;
      std::this_thread::sleep_for(pause);
    }
    ::close(file_);
    file_ = -1;
    stop_if_requested();
  }
}

TrainingLock::~TrainingLock() {
  if (file_ < 0) return;
  ::unlink(path_.c_str());
  ::close(file_);
}

}  // namespace retort
