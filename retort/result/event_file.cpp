#include "retort/result/event_file.hpp"

#include <tensorboard.pb.h>

#include <bit>
#include <chrono>

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

// A record of TFRecord: length, its checksum, payload, its checksum.
std::string record_of(const tensorboard::Event& event) {
  const std::string payload = event.SerializeAsString();
  const std::string length = little_endian(uint64_t{payload.size()});
  return length + little_endian(masked_crc32c(length)) + payload +
         little_endian(masked_crc32c(payload));
}

}  // namespace

std::string event_file_start() {
  tensorboard::Event event;
  event.set_wall_time(seconds_since_1970());
  event.set_file_version("brain.Event:2");
  return record_of(event);
}

std::string event_record(int64_t step, const Scalars& scalars) {
  tensorboard::Event event;
  event.set_wall_time(seconds_since_1970());
  event.set_step(step);
  for (const auto& [tag, number] : scalars) {
    tensorboard::Summary::Value* value = event.mutable_summary()->add_value();
    value->set_tag(tag);
    value->set_simple_value(static_cast<float>(number));
  }
  return record_of(event);
}

}  // namespace retort
