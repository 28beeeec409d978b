#include "retort/result/event_file.hpp"

#include <fmt/format.h>
#include <tensorboard.pb.h>

#include <bit>
#include <cerrno>
#include <chrono>
#include <cstring>

#include "retort/result/crc32c.hpp"

namespace retort {
namespace {

double seconds_since_1970() {
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  return std::chrono::duration<double>(now).count();
}

template <class Number>
std::string little_endian(Number number) {
  std::string bytes;
  for (size_t i = 0; i < sizeof(number); ++i) bytes += static_cast<char>(number >> (8 * i));
  return bytes;
}

// A checksum of bytes that may hold checksums themselves: turned, and moved by a constant.
uint32_t masked_crc32c(std::string_view bytes) {
  return std::rotr(crc32c(bytes), 15) + 0xa282ead8U;
}

}  // namespace

EventFile::EventFile(const Path& path)
    : path_(path), file_(path, std::ios::binary | std::ios::trunc) {
  tensorboard::Event event;
  event.set_wall_time(seconds_since_1970());
  event.set_file_version("brain.Event:2");
  append(event.SerializeAsString());
}

void EventFile::write(int64_t step, const Scalars& scalars) {
  tensorboard::Event event;
  event.set_wall_time(seconds_since_1970());
  event.set_step(step);
  for (const auto& [tag, number] : scalars) {
    tensorboard::Summary::Value* value = event.mutable_summary()->add_value();
    value->set_tag(tag);
    value->set_simple_value(static_cast<float>(number));
  }
  append(event.SerializeAsString());
}

// A record of TFRecord: length, its checksum, payload, its checksum.
void EventFile::append(const std::string& payload) {
  const std::string length = little_endian(uint64_t{payload.size()});
  if (file_) errno = 0;  // else it says why the file could not be opened
  file_ << length << little_endian(masked_crc32c(length)) << payload
        << little_endian(masked_crc32c(payload)) << std::flush;
  if (file_) return;
  throw Error(ExitCode::resources,
              fmt::format("{}: cannot write: {}", path_.string(),
                          errno != 0 ? std::strerror(errno) : "the stream failed"));
}

}  // namespace retort
