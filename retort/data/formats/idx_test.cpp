#include "retort/data/formats/idx.hpp"

#include <gmock/gmock.h>
#include <sys/resource.h>

#include "retort/data/formats/files_for_tests.hpp"

namespace retort {
namespace {

using test::bytes_of;
using test::data_error;
using test::test_folder;
using test::write_bytes;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::StartsWith;

const std::string label_header = bytes_of(
    "00000801"
    "0000000c");
const std::string labels = bytes_of("030104010509020605030508");
// The same twelve labels, packed by Python: gzip.compress(header + labels, 9, mtime=0).
const std::string packed_labels =
    bytes_of("1f8b08000000000002036360e060646060e06166646164e56462636566e5000030d3dcf414000000");

// Reads a file of these bytes; `what` is the complaint without the path that it must start with.
std::string complaint(const std::string& bytes, size_t dimensions = 1) {
  const Path path = write_bytes(test_folder() / "file", bytes);
  const std::string error = data_error([&] { read_idx(path, dimensions); });
  EXPECT_THAT(error, StartsWith(path.string() + ": "));
  return error.substr(std::min(error.size(), path.string().size() + 2));
}

TEST(ReadIdx, ReadsAPlainFileOfThreeDimensions) {
  const Path path = write_bytes(test_folder() / "file", bytes_of("00000803"
                                                                 "00000001"
                                                                 "00000002"
                                                                 "00000003"
                                                                 "00017f80feff"));
  const IdxFile file = read_idx(path, 3);
  EXPECT_EQ(file.sizes, (Shape{1, 2, 3}));
  EXPECT_THAT(file.values, ElementsAre(0, 1, 0x7f, 0x80, 0xfe, 0xff));
}

TEST(ReadIdx, ReadsGzipWhateverTheName) {
  const Path path = write_bytes(test_folder() / "file", packed_labels);
  const IdxFile file = read_idx(path, 1);
  EXPECT_EQ(file.sizes, Shape{12});
  EXPECT_THAT(file.values, ElementsAre(3, 1, 4, 1, 5, 9, 2, 6, 5, 3, 5, 8));
}

TEST(ReadIdx, RefusesAnotherMagicNumber) {
  EXPECT_EQ(complaint(label_header + labels, 3),
            "no IDX file of bytes with 3 dimensions: it starts with 0x00000801, wanted 0x00000803");
  EXPECT_THAT(complaint(bytes_of("00000d01"
                                 "00000001"
                                 "00")),
              HasSubstr("0x00000d01"));
  EXPECT_THAT(complaint("<html>not found</html>"), HasSubstr("no IDX file"));
}

TEST(ReadIdx, RefusesACutFileAndSaysHowManyBytesThereAre) {
  EXPECT_THAT(complaint(label_header + labels.substr(0, 11)),
              HasSubstr("promises 12 (12 bytes), 11 bytes are there"));
  EXPECT_THAT(complaint(label_header), HasSubstr("0 bytes are there"));
  for (size_t size = 1; size < 8; ++size) {
    EXPECT_THAT(complaint(label_header.substr(0, size)), HasSubstr("ends inside its header"));
  }
}

TEST(ReadIdx, RefusesTrailingBytes) {
  EXPECT_THAT(complaint(label_header + labels + '\0'),
              HasSubstr("more bytes than its header says"));
  // Python: gzip.compress(header + labels + b'\0', 9, mtime=0).
  EXPECT_THAT(
      complaint(bytes_of(
          "1f8b08000000000002036360e060646060e06166646164e56462636566e5600000f2032ff415000000")),
      HasSubstr("more bytes than its header says"));
}

TEST(ReadIdx, RefusesImpossibleSizesBeforeItTakesTheirMemory) {
  EXPECT_EQ(complaint(bytes_of("00000801"
                               "00000000")),
            "impossible size 0 of dimension 1");
  EXPECT_THAT(complaint(bytes_of("00000803"
                                 "00000001"
                                 "00000000"
                                 "00000001"),
                        3),
              HasSubstr("size 0 of dimension 2"));
  EXPECT_THAT(complaint(bytes_of("00000803"
                                 "ffffffff"
                                 "ffffffff"
                                 "ffffffff"),
                        3),
              HasSubstr("impossible size 4294967295 of dimension 2"));
  // 2^17 * 2^17 * 2^30 is 0 in 64 bits.
  EXPECT_THAT(complaint(bytes_of("00000803"
                                 "00020000"
                                 "00020000"
                                 "40000000"),
                        3),
              HasSubstr("impossible size 1073741824 of dimension 3"));
  // 4 GB promised, none there.
  EXPECT_THAT(complaint(bytes_of("00000801"
                                 "ffffffff")),
              HasSubstr("is cut off"));
}

TEST(ReadIdx, RefusesAGzipThatIsCutAnywhere) {
  for (size_t size = 1; size < packed_labels.size(); ++size) {
    EXPECT_NE(complaint(packed_labels.substr(0, size)), "") << size;
  }
  EXPECT_THAT(complaint(packed_labels.substr(0, packed_labels.size() - 12)),
              HasSubstr("truncated gzip"));
  EXPECT_THAT(complaint(packed_labels.substr(0, packed_labels.size() - 3)),
              HasSubstr("damaged or cut off"));
}

// A bit of the padding behind the last block changes nothing; no bit may change what is read.
TEST(ReadIdx, NeverTakesADamagedGzipForOtherContent) {
  const Path folder = test_folder();
  int refused = 0;
  for (size_t place = 10; place < packed_labels.size(); ++place) {
    for (int bit = 0; bit < 8; ++bit) {
      std::string damaged = packed_labels;
      damaged[place] = static_cast<char>(damaged[place] ^ (1 << bit));
      try {
        const IdxFile file = read_idx(write_bytes(folder / "file", damaged), 1);
        EXPECT_EQ(std::string(file.values.begin(), file.values.end()), labels)
            << place << " " << bit;
      } catch (const Error& error) {
        EXPECT_EQ(error.code(), ExitCode::data);
        ++refused;
      }
    }
  }
  EXPECT_GT(refused, 220);  // of 240
}

// A gzip of stored blocks (RFC 1951, 3.2.4) that breaks off: the label header, a promise of `count`
// labels, and the first 3 MB of what never ends.
std::string endless_gzip(const std::string& count) {
  std::string content = bytes_of("00000801" + count);
  content.resize(size_t{3} << 20);
  std::string packed = bytes_of("1f8b0800000000000003");
  constexpr size_t block = 0x8000;
  for (size_t i = 0; i < content.size(); i += block) {
    packed += bytes_of("000080ff7f") + content.substr(i, block);
  }
  return packed;
}

TEST(ReadIdx, StopsAGzipBombAtThePromiseOfItsHeader) {
  // Whoever reads on meets the end that is cut off.
  EXPECT_EQ(complaint(endless_gzip("0000000c")),
            "has more bytes than its header says (12: 12 bytes)");
}

TEST(ReadIdx, RefusesALargeGzipThatIsCut) {
  EXPECT_EQ(complaint(endless_gzip("00400000")), "truncated gzip input");
}

TEST(ReadIdx, TakesNoMemoryForAPromise) {
  EXPECT_EQ(complaint(bytes_of("00000801ffffffff")),
            "is cut off: its header promises 4294967295 (4294967295 bytes), 0 bytes are there");
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  EXPECT_LT(usage.ru_maxrss, 2 << 20);  // KiB: the most that this program ever held
}

TEST(ReadIdx, RefusesAGzipWithAnotherChecksumOrSize) {
  for (size_t place = packed_labels.size() - 8; place < packed_labels.size(); ++place) {
    std::string damaged = packed_labels;
    damaged[place] = static_cast<char>(damaged[place] ^ 1);
    EXPECT_THAT(complaint(damaged), HasSubstr("checksum")) << place;
  }
  EXPECT_THAT(complaint(packed_labels + "more"), HasSubstr("checksum"));
}

TEST(ReadIdx, RefusesGzipInGzip) {
  // Python: gzip.compress(gzip.compress(header + labels, 9, mtime=0), 9, mtime=0).
  EXPECT_THAT(complaint(bytes_of("1f8b080000000000020393efe660000126e6e48407092909090f12d3521253"
                                 "9ea62425a7a63d656030b87ce78b08501e00bd58471028000000")),
              HasSubstr("more than once"));
}

TEST(ReadIdx, RefusesAnEmptyFileAFolderAndNothing) {
  EXPECT_EQ(complaint(""), "the file is empty");
  const Path folder = test_folder();
  EXPECT_EQ(data_error([&] { read_idx(folder, 1); }),
            folder.string() + ": is a folder, wanted a file");
  EXPECT_THAT(data_error([&] { read_idx(folder / "nothing", 1); }),
              StartsWith((folder / "nothing").string() + ": "));
}

TEST(ReadIdx, ShowsNoControlCharactersOfAName) {
  const Path path = write_bytes(test_folder() / "a\nb\x1b", "");
  EXPECT_THAT(data_error([&] { read_idx(path, 1); }), HasSubstr("a\\x0ab\\x1b: "));
}

}  // namespace
}  // namespace retort
