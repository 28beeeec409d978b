#include "retort/base/file_lock.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>

namespace retort {
namespace {

// Whether `file` is still what the path names: its last holder may have removed it meanwhile.
bool is_at(int file, const Path& path) {
  struct stat opened {};
  struct stat named {};
  return ::fstat(file, &opened) == 0 && ::stat(path.c_str(), &named) == 0 &&
         opened.st_dev == named.st_dev && opened.st_ino == named.st_ino;
}

bool is_busy(int file, int operation) {
  return ::flock(file, operation | LOCK_NB) != 0 && (errno == EWOULDBLOCK || errno == EINTR);
}

}  // namespace

FileLock::~FileLock() {
  if (file_ < 0) return;
  ::unlink(path_.c_str());
  ::close(file_);
}

FileLock::Outcome FileLock::take() {
  while (true) {
    const int file = ::open(path_.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0644);
    if (file < 0) return Outcome::no_file;
    const bool busy = is_busy(file, LOCK_EX);
    if (!busy && is_at(file, path_)) {
      file_ = file;
      return Outcome::held;
    }
    ::close(file);
    if (busy) return Outcome::busy;
  }
}

void FileLock::sign(std::string_view text) const {
  if (::ftruncate(file_, 0) == 0 && ::write(file_, text.data(), text.size()) < 0) return;
}

bool FileLock::is_held(const Path& path) {
  const int file = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (file < 0) return false;
  const bool busy = is_busy(file, LOCK_SH);
  ::close(file);
  return busy;
}

}  // namespace retort
