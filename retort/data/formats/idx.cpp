#include "retort/data/formats/idx.hpp"

#include <archive.h>
#include <archive_entry.h>
#include <fmt/format.h>

#include <memory>

#include "retort/base/error.hpp"

namespace retort {
namespace {

constexpr uint64_t most_bytes = uint64_t{1} << 34;

[[noreturn]] void fail(const Path& path, const std::string& what) {
  throw Error(ExitCode::data, fmt::format("{}: {}", path.string(), what));
}

// A file as a stream of bytes; gzip is undone on the way.
class ByteStream {
 public:
  explicit ByteStream(const Path& path) : path_(path), archive_(archive_read_new()) {
    std::error_code ignored;
    if (std::filesystem::is_directory(path, ignored)) fail(path_, "is a folder, wanted a file");
    archive_read_support_filter_gzip(archive_.get());
    archive_read_support_format_raw(archive_.get());
    archive_read_support_format_empty(archive_.get());
    check(archive_read_open_filename(archive_.get(), path.c_str(), 1 << 16));
    archive_entry* entry = nullptr;
    const int result = archive_read_next_header(archive_.get(), &entry);
    if (result == ARCHIVE_EOF) fail(path_, "the file is empty");
    check(result);
  }

  // Reads `count` bytes, or fewer at the end of the stream; returns how many.
  size_t read(uint8_t* bytes, size_t count) {
    size_t done = 0;
    while (done < count) {
      const la_ssize_t got = archive_read_data(archive_.get(), bytes + done, count - done);
      if (got < 0) check(static_cast<int>(got));
      if (got <= 0) break;
      done += static_cast<size_t>(got);
    }
    return done;
  }

 private:
  void check(int result) const {
    if (result == ARCHIVE_OK || result == ARCHIVE_WARN) return;
    const char* reason = archive_error_string(archive_.get());
    fail(path_, reason != nullptr ? printable(reason) : "cannot be read");
  }

  struct Free {
    void operator()(archive* opened) const { archive_read_free(opened); }
  };
  Path path_;
  std::unique_ptr<archive, Free> archive_;
};

uint32_t big_endian(const uint8_t* bytes) {
  return static_cast<uint32_t>(bytes[0]) << 24 | static_cast<uint32_t>(bytes[1]) << 16 |
         static_cast<uint32_t>(bytes[2]) << 8 | bytes[3];
}

uint32_t read_number(ByteStream& stream, const Path& path) {
  uint8_t bytes[4] = {};
  if (stream.read(bytes, 4) != 4) fail(path, "ends inside its header; is the download whole?");
  return big_endian(bytes);
}

}  // namespace

IdxFile read_idx(const Path& path, size_t dimensions) {
  ByteStream stream(path);
  const uint32_t magic = read_number(stream, path);
  const auto wanted = static_cast<uint32_t>(0x0800 + dimensions);
  if (magic != wanted) {
    fail(path, fmt::format("no IDX file of bytes with {} dimensions: it starts with {:#010x}, "
                           "wanted {:#010x}",
                           dimensions, magic, wanted));
  }
  IdxFile file;
  uint64_t count = 1;
  for (size_t i = 0; i < dimensions; ++i) {
    const uint32_t size = read_number(stream, path);
    if (size == 0 || count * size > most_bytes) {
      fail(path, fmt::format("impossible size {} of dimension {}", size, i + 1));
    }
    count *= size;
    file.sizes.push_back(size);
  }
  // In pieces: a header that lies must not cost its memory.
  constexpr size_t piece = size_t{1} << 20;
  while (file.values.size() < count) {
    const size_t before = file.values.size();
    const size_t asked = std::min<size_t>(piece, count - before);
    file.values.resize(before + asked);
    const size_t got = stream.read(file.values.data() + before, asked);
    if (got < asked) {
      fail(path, fmt::format("is cut off: its header promises {} ({} bytes), {} bytes are there",
                             shape_text(file.sizes), count, before + got));
    }
  }
  uint8_t extra = 0;
  if (stream.read(&extra, 1) != 0) {
    fail(path, fmt::format("has more bytes than its header says ({}: {} bytes)",
                           shape_text(file.sizes), count));
  }
  return file;
}

}  // namespace retort
