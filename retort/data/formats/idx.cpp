#include "retort/data/formats/idx.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "retort/base/error.hpp"
#include "retort/data/formats/byte_stream.hpp"

namespace retort {
namespace {

constexpr uint64_t most_bytes = uint64_t{1} << 34;

[[noreturn]] void fail(const Path& path, const std::string& what) {
  throw Error(ExitCode::data, fmt::format("{}: {}", printable(path.string()), what));
}

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
    if (size == 0 || size > most_bytes / count) {
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
