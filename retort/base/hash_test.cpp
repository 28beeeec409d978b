#include "retort/base/hash.hpp"

#include <gtest/gtest.h>

namespace retort {
namespace {

// The value that xxHash publishes for XXH3 (128 bits, seed 0) of nothing.
TEST(Fingerprint, IsXxh3OfTheBytes) {
  EXPECT_EQ(fingerprint_of("").text(), "99aa06d3014798d86001c324468d497f");
}

TEST(Fingerprint, TellsContentsApart) {
  EXPECT_EQ(fingerprint_of("abc"), fingerprint_of("abc"));
  EXPECT_NE(fingerprint_of("abc"), fingerprint_of("abd"));
  EXPECT_NE(fingerprint_of(std::string_view("a\0b", 3)), fingerprint_of("a"));
}

TEST(Fingerprint, TextKeepsLeadingZeros) {
  EXPECT_EQ((Fingerprint{1, 0xab}).text(), "000000000000000100000000000000ab");
}

}  // namespace
}  // namespace retort
