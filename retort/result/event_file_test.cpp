#include "retort/result/event_file.hpp"

#include <gtest/gtest.h>

#include <cstring>

namespace retort {
namespace {

// The payloads of a file of records.
std::vector<std::string> payloads(const std::string& bytes) {
  std::vector<std::string> result;
  for (size_t at = 0; at < bytes.size();) {
    uint64_t length = 0;
    std::memcpy(&length, bytes.data() + at, sizeof(length));
    result.push_back(bytes.substr(at + 12, length));
    at += 16 + length;
  }
  return result;
}

TEST(EventFile, IsRecordsOfTheWireFormat) {
  const std::string bytes = event_file_start() + event_record(300, {{"a/loss", 0.5}, {"b", -2}});
  // 0x18 = 24 bytes follow; the masked checksum of these eight bytes is TensorFlow's own.
  EXPECT_EQ(bytes.substr(0, 12), std::string("\x18\0\0\0\0\0\0\0\xa3\x7f\x4b\x22", 12));
  const std::vector<std::string> events = payloads(bytes);
  ASSERT_EQ(events.size(), 2U);
  // 0x09: field 1, eight bytes of time; 0x1a: field 3, a text; 0x10: field 2, a number; ...
  EXPECT_EQ(events[0].substr(0, 1), "\x09");
  EXPECT_EQ(events[0].substr(9),
            "\x1a\x0d"
            "brain.Event:2");
  EXPECT_EQ(events[1].substr(9), std::string("\x10\xac\x02\x2a\x19"
                                             "\x0a\x0d\x0a\x06"
                                             "a/loss"
                                             "\x15\0\0\0\x3f"
                                             "\x0a\x08\x0a\x01"
                                             "b"
                                             "\x15\0\0\0\xc0",
                                             30));
}

}  // namespace
}  // namespace retort
