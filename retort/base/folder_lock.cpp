#include "retort/base/folder_lock.hpp"

#include <fcntl.h>
#include <fmt/chrono.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>

namespace retort {
namespace {

std::string this_process() {
  std::array<char, 256> host{};
  ::gethostname(host.data(), host.size() - 1);
  return fmt::format("process {} on {} (since {:%Y-%m-%d %H:%M:%S})", ::getpid(), host.data(),
                     fmt::localtime(std::time(nullptr)));
}

// Whether `file` is still what the path names: its last holder may have removed it meanwhile.
bool is_at(int file, const Path& path) {
  struct stat opened {};
  struct stat named {};
  return ::fstat(file, &opened) == 0 && ::stat(path.c_str(), &named) == 0 &&
         opened.st_dev == named.st_dev && opened.st_ino == named.st_ino;
}

std::string holder(const Path& path) {
  constexpr size_t most_bytes = 500;
  try {
    const std::string text = read_file(path, ExitCode::resources, most_bytes);
    if (!text.empty()) return printable(text);
  } catch (const Error&) {
    // Gone again: the holder is just leaving.
  }
  return "another process";
}

}  // namespace

FolderLock::FolderLock(const Path& folder) : path_(folder / ".lock") {
  while (file_ < 0) {
    file_ = ::open(path_.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0644);
    if (file_ < 0) {
      throw Error(ExitCode::resources,
                  fmt::format("{}: cannot write: {}", path_.string(), std::strerror(errno)));
    }
    if (::flock(file_, LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK) {
      ::close(file_);
      throw Error(ExitCode::resources,
                  fmt::format("{}: held by {}; wait for its end, or choose another folder with "
                              "--out",
                              folder.string(), holder(path_)));
    }
    if (is_at(file_, path_)) continue;
    ::close(file_);
    file_ = -1;
  }
  // On a full disk the name is missing; the lock holds all the same.
  const std::string name = this_process();
  if (::ftruncate(file_, 0) == 0 && ::write(file_, name.data(), name.size()) < 0) return;
}

FolderLock::~FolderLock() {
  ::unlink(path_.c_str());
  ::close(file_);
}

}  // namespace retort
