#include "retort/base/file.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

namespace retort {
namespace {

// What write_file adds to a name until the file is whole: '.', six characters and this.
constexpr std::string_view unfinished = ".unfinished";
constexpr size_t random_characters = 6;

[[noreturn]] void fail_to_write(const Path& path, int reason) {
  const char* advice = reason == ENOSPC || reason == EDQUOT || reason == EFBIG
                           ? "; free some space and run the same command again"
                           : "";
  throw Error(ExitCode::resources,
              fmt::format("{}: cannot write: {}{}", path.string(), std::strerror(reason), advice));
}

// Writes all bytes, going on after short writes and signals; false leaves errno set.
bool write_all(int file, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t written = ::write(file, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return false;
    bytes.remove_prefix(static_cast<size_t>(written));
  }
  return true;
}

void flush_folder(const Path& folder) {
  const int file =
      ::open(folder.empty() ? "." : folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (file < 0) return;  // some file systems do not open folders; the rename stands all the same
  ::fsync(file);
  ::close(file);
}

}  // namespace

std::string read_file(const Path& path, ExitCode code, size_t most_bytes) {
  const int file = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (file < 0) throw Error(code, fmt::format("{}: {}", path.string(), std::strerror(errno)));
  struct stat status {};
  std::string bytes;
  int reason = ::fstat(file, &status) == 0 ? 0 : errno;
  if (reason == 0 && S_ISDIR(status.st_mode)) reason = EISDIR;
  if (reason == 0 && static_cast<size_t>(status.st_size) > most_bytes) reason = EFBIG;
  if (reason == 0) {
    bytes.resize(static_cast<size_t>(status.st_size));
    size_t done = 0;
    while (done < bytes.size()) {
      const ssize_t count = ::read(file, bytes.data() + done, bytes.size() - done);
      if (count < 0 && errno == EINTR) continue;
      if (count < 0) reason = errno;
      if (count <= 0) break;
      done += static_cast<size_t>(count);
    }
    bytes.resize(done);
  }
  ::close(file);
  if (reason != 0) throw Error(code, fmt::format("{}: {}", path.string(), std::strerror(reason)));
  return bytes;
}

void write_file(const Path& path, std::string_view bytes) {
  std::string temporary = path.string() + "." + std::string(random_characters, 'X');
  temporary += unfinished;
  const int file = ::mkostemps(temporary.data(), static_cast<int>(unfinished.size()), O_CLOEXEC);
  if (file < 0) fail_to_write(path, errno);
  int reason = 0;
  if (!write_all(file, bytes) || ::fsync(file) != 0) reason = errno;
  ::fchmod(file, 0644);
  if (::close(file) != 0 && reason == 0) reason = errno;
  if (reason == 0 && ::rename(temporary.c_str(), path.c_str()) != 0) reason = errno;
  if (reason != 0) {
    ::unlink(temporary.c_str());
    fail_to_write(path, reason);
  }
  flush_folder(path.parent_path());
}

void remove_unfinished_files(const Path& folder) {
  std::error_code ignored;
  for (const auto& entry : std::filesystem::directory_iterator(folder, ignored)) {
    const Path& path = entry.path();
    const bool is_ours = path.extension() == unfinished &&
                         path.stem().extension().string().size() == 1 + random_characters;
    if (is_ours) std::filesystem::remove(path, ignored);
  }
}

void make_writable_folder(const Path& folder) {
  std::error_code error;
  const bool is_new = std::filesystem::create_directories(folder, error);
  if (error) fail_to_write(folder, error.value());
  if (is_new) flush_folder(folder.parent_path());
  if (!std::filesystem::is_directory(folder)) fail_to_write(folder, ENOTDIR);
  if (::access(folder.c_str(), W_OK | X_OK) != 0) fail_to_write(folder, errno);
}

LineFile::LineFile(const Path& path) : path_(path) {
  file_ = ::open(path.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
  if (file_ < 0) fail_to_write(path, errno);
}

LineFile::~LineFile() {
  ::close(file_);
}

void LineFile::write(std::string_view line) {
  if (!write_all(file_, std::string(line) + '\n')) fail_to_write(path_, errno);
}

}  // namespace retort
