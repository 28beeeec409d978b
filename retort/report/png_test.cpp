#include "retort/report/png.hpp"

#include <gtest/gtest.h>

namespace retort {
namespace {

// Expected: made with Python's zlib.crc32, zlib.adler32 and base64.
TEST(Png, IsTheFileThatPythonMakes) {
  const Picture picture{.shape = {1, 2, 2}, .pixels = {0, 255, 128, 1}};
  EXPECT_EQ(base64(png_file(picture)),
            "iVBORw0KGgoAAAANSUhEUgAAAAIAAAACCAAAAABX3VL4AAAAEUlEQVR4AQEGAPn/"
            "AAD/AIABBQMBgWz57swAAAAASUVORK5CYII=");
}

TEST(Png, ColoursAreWovenFromPlanes) {
  const std::string file = png_file({.shape = {3, 1, 2}, .pixels = {1, 2, 3, 4, 5, 6}});
  EXPECT_EQ(file[25], 2);  // kind of colour
  EXPECT_NE(file.find(std::string("\0\1\3\5\2\4\6", 7)), std::string::npos);
}

TEST(Png, LargePicturesTakeSeveralBlocks) {
  const std::string file =
      png_file({.shape = {1, 300, 300}, .pixels = std::vector<uint8_t>(90000, 7)});
  // 300 rows with their filter byte, two blocks of 5 bytes, zlib's 6, and what frames a PNG: 57.
  EXPECT_EQ(file.size(), 300 * 301 + 2 * 5 + 6 + 57);
}

// RFC 4648, section 10.
TEST(Base64, TestVectors) {
  EXPECT_EQ(base64(""), "");
  EXPECT_EQ(base64("f"), "Zg==");
  EXPECT_EQ(base64("fo"), "Zm8=");
  EXPECT_EQ(base64("foo"), "Zm9v");
  EXPECT_EQ(base64("foobar"), "Zm9vYmFy");
}

}  // namespace
}  // namespace retort
