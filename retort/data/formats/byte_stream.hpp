#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>

#include "retort/base/file.hpp"

struct archive;

namespace retort {

/// "folder/name", or that with .gz or .xz; empty when none is there.
Path find_file(const Path& folder, const std::string& name);

/// A file read from its beginning to its end, as a stream of bytes; gzip and xz are undone on the
/// way and their checksums compared. Throws Error (data) that starts with the path.
class ByteStream {
 public:
  explicit ByteStream(const Path& path);
  /// Reads `count` bytes, or fewer at the end of the stream; returns how many.
  size_t read(uint8_t* bytes, size_t count);

 private:
  void check(int result) const;
  void compare_checksum() const;

  struct Free {
    void operator()(archive* opened) const;
  };
  Path path_;
  std::unique_ptr<archive, Free> archive_;
  uint32_t checksum_ = 0;
  uint64_t size_ = 0;
};

}  // namespace retort
