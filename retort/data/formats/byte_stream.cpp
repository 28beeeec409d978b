#include "retort/data/formats/byte_stream.hpp"

#include <archive.h>
#include <archive_entry.h>
#include <fmt/format.h>

#include <array>
#include <fstream>
#include <span>

#include "retort/base/error.hpp"

namespace retort {
namespace {

[[noreturn]] void fail(const Path& path, const std::string& what) {
  throw Error(ExitCode::data, fmt::format("{}: {}", printable(path.string()), what));
}

constexpr std::array<uint32_t, 256> checksum_table = [] {
  std::array<uint32_t, 256> table{};
  for (uint32_t i = 0; i < 256; ++i) {
    table[i] = i;
    for (int bit = 0; bit < 8; ++bit) table[i] = table[i] >> 1 ^ (table[i] & 1) * 0xedb88320U;
  }
  return table;
}();

// CRC-32 as in RFC 1952; starts from 0.
uint32_t checksum_with(uint32_t checksum, std::span<const uint8_t> bytes) {
  checksum = ~checksum;
  for (const uint8_t byte : bytes) {
    checksum = checksum >> 8 ^ checksum_table[(checksum ^ byte) & 0xff];
  }
  return ~checksum;
}

uint32_t little_endian(const uint8_t* bytes) {
  return static_cast<uint32_t>(bytes[3]) << 24 | static_cast<uint32_t>(bytes[2]) << 16 |
         static_cast<uint32_t>(bytes[1]) << 8 | bytes[0];
}

}  // namespace

Path find_file(const Path& folder, const std::string& name) {
  for (const char* ending : {"", ".gz", ".xz"}) {
    std::error_code ignored;
    const Path path = folder / (name + ending);
    if (std::filesystem::exists(path, ignored)) return path;
  }
  return {};
}

void ByteStream::Free::operator()(archive* opened) const {
  archive_read_free(opened);
}

ByteStream::ByteStream(const Path& path) : path_(path), archive_(archive_read_new()) {
  std::error_code ignored;
  if (std::filesystem::is_directory(path, ignored)) fail(path_, "is a folder, wanted a file");
  archive_read_support_filter_gzip(archive_.get());
  archive_read_support_filter_xz(archive_.get());
  archive_read_support_format_raw(archive_.get());
  archive_read_support_format_empty(archive_.get());
  check(archive_read_open_filename(archive_.get(), path.c_str(), 1 << 16));
  archive_entry* entry = nullptr;
  const int result = archive_read_next_header(archive_.get(), &entry);
  if (result == ARCHIVE_EOF) fail(path_, "the file is empty");
  check(result);
  // The file itself counts as one.
  if (archive_filter_count(archive_.get()) > 2) fail(path_, "is packed more than once");
}

size_t ByteStream::read(uint8_t* bytes, size_t count) {
  size_t done = 0;
  while (done < count) {
    const la_ssize_t got = archive_read_data(archive_.get(), bytes + done, count - done);
    if (got < 0) check(static_cast<int>(got));
    if (got <= 0) break;
    done += static_cast<size_t>(got);
  }
  checksum_ = checksum_with(checksum_, {bytes, done});
  size_ += done;
  if (done < count) compare_checksum();
  return done;
}

void ByteStream::check(int result) const {
  if (result == ARCHIVE_OK || result == ARCHIVE_WARN) return;
  const char* reason = archive_error_string(archive_.get());
  fail(path_, reason != nullptr ? printable(reason) : "cannot be read: damaged or cut off");
}

// libarchive (3.6) skips the checksum of gzip. The last eight bytes of the file are that checksum
// and the unpacked size.
void ByteStream::compare_checksum() const {
  if (archive_filter_code(archive_.get(), 0) != ARCHIVE_FILTER_GZIP) return;
  std::array<uint8_t, 8> end{};
  std::ifstream file(path_, std::ios::binary);
  file.seekg(-8, std::ios::end);
  file.read(reinterpret_cast<char*>(end.data()), 8);
  if (!file || little_endian(&end[0]) != checksum_ ||
      little_endian(&end[4]) != static_cast<uint32_t>(size_)) {
    fail(path_,
         "the gzip checksum is not that of its content: the file is damaged (or several "
         "gzip streams in one: unpack it)");
  }
}

}  // namespace retort
