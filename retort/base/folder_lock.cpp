#include "retort/base/folder_lock.hpp"

#include <fmt/chrono.h>
#include <fmt/format.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>

namespace retort {
namespace {

constexpr const char* lock_file = ".lock";

std::string this_process() {
  std::array<char, 256> host{};
  ::gethostname(host.data(), host.size() - 1);
  return fmt::format("process {} on {} (since {:%Y-%m-%d %H:%M:%S})", ::getpid(), host.data(),
                     fmt::localtime(std::time(nullptr)));
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

FolderLock::FolderLock(const Path& folder) : lock_(folder / lock_file) {
  switch (lock_.take()) {
    case FileLock::Outcome::held:
      lock_.sign(this_process());
      return;
    case FileLock::Outcome::busy:
      throw Error(ExitCode::resources,
                  fmt::format("{}: held by {}; wait for its end, or choose another folder with "
                              "--out",
                              folder.string(), holder(folder / lock_file)));
    case FileLock::Outcome::no_file:
      throw Error(
          ExitCode::resources,
          fmt::format("{}: cannot write: {}", (folder / lock_file).string(), std::strerror(errno)));
  }
}

bool FolderLock::is_held(const Path& folder) {
  return FileLock::is_held(folder / lock_file);
}

}  // namespace retort
