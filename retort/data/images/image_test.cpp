#include "retort/data/images/image.hpp"

#include <gmock/gmock.h>
#include <sys/resource.h>

#include <cstdlib>

#include "retort/data/formats/files_for_tests.hpp"
#include "retort/data/images/decoders.hpp"
#include "tests/golden/golden.hpp"

namespace retort {
namespace {

using test::bytes_of;
using test::data_error;
using test::test_folder;
using test::write_bytes;
using testing::HasSubstr;
using testing::StartsWith;

const Path folder = Path(RETORT_SOURCE_FOLDER) / "tests" / "golden" / "images";

std::string content_of(const std::string& name) {
  return read_file(folder / name, ExitCode::data);
}

// The largest difference from what Pillow reads; more than any where the shapes differ.
int difference(const Image& image, const Tensor& wanted) {
  if (image.shape != wanted.sizes().vec()) return 256;
  const uint8_t* pixel = wanted.const_data_ptr<uint8_t>();
  int most = 0;
  for (const uint8_t byte : image.pixels) most = std::max(most, std::abs(byte - *pixel++));
  return most;
}

// The same as Pillow, to the last bit: both use libjpeg-turbo, whose releases agree so far; another
// inverse cosine transform may be off by one or two levels.
TEST(ReadImage, ReadsEveryKindAsPillowDoes) {
  const Safetensors golden = golden::file("images.safetensors");
  int files = 0;
  for (const auto& [name, wanted] : golden.tensors) {
    if (!name.ends_with(".jpg") && !name.ends_with(".png")) continue;
    EXPECT_LE(difference(read_image(folder / name), wanted), name.ends_with(".jpg") ? 2 : 0)
        << name;
    ++files;
  }
  EXPECT_EQ(files, 23);
}

TEST(ReadImage, TellsTheKindByTheBytesAndNotByTheName) {
  const Path path = write_bytes(test_folder() / "a.jpg", content_of("colour.png"));
  EXPECT_EQ(read_image(path).pixels, read_image(folder / "colour.png").pixels);
}

// Reads a file of these bytes; the complaint without the path that it must start with.
std::string complaint(const std::string& bytes) {
  const Path path = write_bytes(test_folder() / "a.jpg", bytes);
  const std::string error = data_error([&] { read_image(path); });
  EXPECT_THAT(error, StartsWith(path.string() + ": "));
  return error.substr(std::min(error.size(), path.string().size() + 2));
}

TEST(ReadImage, RefusesWhatIsNoImage) {
  EXPECT_EQ(complaint(""), "the file is empty");
  EXPECT_EQ(complaint("a text\n"), "neither a JPEG nor a PNG file, by its first bytes");
  EXPECT_EQ(complaint("\xff\xd8"), "neither a JPEG nor a PNG file, by its first bytes");
  EXPECT_THAT(data_error([] { read_image(test_folder()); }), HasSubstr("a directory"));
  EXPECT_THAT(data_error([] { read_image(test_folder() / "none.png"); }), HasSubstr("none.png"));
}

TEST(ReadImage, RefusesAFileCutAnywhere) {
  for (const char* name : {"baseline.jpg", "progressive.jpg", "colour.png", "palette.png"}) {
    const std::string whole = content_of(name);
    for (size_t size = 0; size < whole.size(); ++size) {
      EXPECT_NE(complaint(whole.substr(0, size)), "") << name << " " << size;
    }
  }
}

// PNG has checksums; in a JPEG a bit may change pixels, or be refused.
TEST(ReadImage, ADamagedFileIsRefusedOrAnImageOfItsSize) {
  const Path path = test_folder() / "image";
  for (const char* name : {"baseline.jpg", "progressive.jpg", "orientation_5.jpg", "alpha.png",
                           "palette_transparent.png"}) {
    const std::string whole = content_of(name);
    for (size_t place = 0; place < whole.size(); ++place) {
      std::string damaged = whole;
      damaged[place] = static_cast<char>(damaged[place] ^ 1 << place % 8);
      write_bytes(path, damaged);
      try {
        const Image image = read_image(path);
        EXPECT_EQ(static_cast<int64_t>(image.pixels.size()), element_count(image.shape));
      } catch (const Error& error) {
        EXPECT_EQ(error.code(), ExitCode::data);
      }
    }
  }
}

TEST(ReadImage, NeverTakesADamagedPngForOtherContent) {
  const std::string whole = content_of("colour.png");
  const Image wanted = read_image(folder / "colour.png");
  const Path path = test_folder() / "image";
  for (size_t place = 0; place < whole.size(); ++place) {
    std::string damaged = whole;
    damaged[place] = static_cast<char>(damaged[place] ^ 4);
    write_bytes(path, damaged);
    try {
      EXPECT_EQ(read_image(path).pixels, wanted.pixels) << place;
    } catch (const Error&) {
    }
  }
}

TEST(ReadImage, RefusesAHugeHeaderBeforeItTakesItsMemory) {
  // IHDR of 50,000 x 50,000, 8 bits, colour, its checksum by Python's zlib.crc32; an IDAT begins.
  const std::string png = bytes_of(
      "89504e470d0a1a0a0000000d494844520000c3500000c3500802000000"
      "c4cdaa9d0000000149444154");
  EXPECT_EQ(complaint(png), "50000 x 50000 pixels, wanted 1 to 67108864 in all");
  std::string jpeg = content_of("progressive.jpg");
  const size_t frame = jpeg.find("\xff\xc2");
  jpeg.replace(frame + 5, 4, bytes_of("c350c350"));
  EXPECT_EQ(complaint(jpeg), "50000 x 50000 pixels, wanted 1 to 67108864 in all");
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  EXPECT_LT(usage.ru_maxrss, 2 << 20);  // KiB: the most that this program ever held
}

// 8 x 8 pixels in three components, each scan one of them: tables with one code each, "0", which
// says that nothing differs from the middle.
TEST(ReadImage, StopsAfterFiveHundredScans) {
  const auto table = [](const std::string& kind) {
    return "ffc40014" + kind + "01" + std::string(30, '0') + "00";
  };
  std::string quantisation = "ffdb004300";
  for (int i = 0; i < 64; ++i) quantisation += "01";
  const std::string head =
      "ffd8" + quantisation + "ffc00011080008000803011100021100031100" + table("00") + table("10");
  const auto scan = [](const std::string& component) {
    return "ffda000801" + component + "00003f003f";
  };
  const std::string three = scan("01") + scan("02") + scan("03");
  const Path path = write_bytes(test_folder() / "a.jpg", bytes_of(head + three + "ffd9"));
  EXPECT_EQ(read_image(path).shape, (Shape{3, 8, 8}));
  std::string many;
  for (int i = 0; i < 200; ++i) many += three;
  EXPECT_EQ(complaint(bytes_of(head + many + "ffd9")), "more than 500 scans");
}

TEST(ExifOrientation, ReadsBothByteOrdersAndMistrustsEverything) {
  EXPECT_EQ(exif_orientation(bytes_of("49492a0008000000010012010300010000000600000000000000")), 6);
  EXPECT_EQ(exif_orientation(bytes_of("4d4d002a00000008000101120003000000010008000000000000")), 8);
  const std::string sound = bytes_of("49492a00080000000100120103000100000006000000");
  EXPECT_EQ(exif_orientation(sound), 6);
  for (size_t size = 0; size < sound.size() - 2; ++size) {
    EXPECT_EQ(exif_orientation(sound.substr(0, size)), 1) << size;
  }
  for (const char* unsound : {"49492a0008000000010012010300010000000900",  // no orientation
                              "49492a0008000000010012010400010000000600",  // another type
                              "49492a00ffffffff010012010300010000000600",  // a place beyond
                              "49492b0008000000010012010300010000000600"}) {
    EXPECT_EQ(exif_orientation(bytes_of(unsound)), 1) << unsound;
  }
}

TEST(Grey, IsTheLuminance) {
  const Image colours{{3, 1, 4}, {255, 0, 0, 10, 0, 255, 0, 20, 0, 0, 255, 30}};
  EXPECT_EQ(grey(colours).shape, (Shape{1, 1, 4}));
  // Pillow: Image.convert("L") of these four pixels.
  EXPECT_EQ(grey(colours).pixels, (std::vector<uint8_t>{76, 150, 29, 18}));
}

}  // namespace
}  // namespace retort
