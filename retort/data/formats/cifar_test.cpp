#include "retort/data/formats/cifar.hpp"

#include <gmock/gmock.h>

#include <cmath>
#include <set>

#include "retort/data/formats.hpp"
#include "retort/data/formats/files_for_tests.hpp"
#include "retort/data/images_for_tests.hpp"

namespace retort {
namespace {

using test::bytes_of;
using test::data_error;
using test::pixels_of;
using test::shared_data;
using test::test_folder;
using test::write_bytes;
using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::StartsWith;

// A record whose every pixel byte is `fill`.
std::string record(const std::string& labels, char fill) {
  return bytes_of(labels) + std::string(3072, fill);
}

DatasetPointer open_set(const Path& folder, Split split = Split::train,
                        const std::string& labels = "fine") {
  return CifarFormat{.path = folder.string(), .labels = labels}.open(split, "");
}

int64_t ink_of(const Dataset& dataset, int64_t index) {
  int64_t sum = 0;
  for (const float pixel : pixels_of(dataset, {index})) sum += std::lround(255 * pixel);
  return sum;
}

TEST(Cifar, RedGreenAndBlueFollowTheLabel) {
  const Path folder = test_folder();
  std::string bytes = record("03", 0) + record("09", 0);
  bytes[3073 + 1] = 51;               // red of the first pixel of the second image
  bytes[3073 + 1 + 1024 + 33] = 102;  // green, second row, second column
  bytes[2 * 3073 - 1] = '\xff';       // blue of the last pixel
  write_bytes(folder / "data_batch_1.bin", bytes);
  const DatasetPointer images = open_set(folder);
  EXPECT_EQ(images->shape(), (Shape{3, 32, 32}));
  EXPECT_EQ(images->size(), 2);
  EXPECT_EQ(images->label(0), 3);
  EXPECT_EQ(images->label(1), 9);
  const std::vector<float> pixels = pixels_of(*images, {1});
  EXPECT_EQ(pixels[0], 0.2F);
  EXPECT_EQ(pixels[1024 + 33], 0.4F);
  EXPECT_EQ(pixels[3071], 1.0F);
  EXPECT_EQ(ink_of(*images, 1), 51 + 102 + 255);
}

TEST(Cifar, TakesTheTrainFilesThatAreThereInOrderAndNamesThoseThatAreNot) {
  const Path folder = test_folder();
  const Path inside = folder / "cifar-10-batches-bin";
  std::filesystem::create_directories(inside);
  write_bytes(inside / "data_batch_4.bin", record("04", 4));
  write_bytes(inside / "data_batch_2.bin", record("02", 2) + record("01", 1));
  const DatasetPointer images = open_set(folder);
  ASSERT_EQ(images->size(), 3);
  EXPECT_THAT((std::vector{images->label(0), images->label(1), images->label(2)}),
              ElementsAre(2, 1, 4));
  EXPECT_THAT(images->warnings(),
              ElementsAre(inside.string() +
                          ": without data_batch_1.bin, data_batch_3.bin, data_batch_5.bin, which "
                          "are not there: 3 training images"));
}

TEST(Cifar, PartsAreTheFilesThatAreAskedForAndNoOthers) {
  const Path folder = test_folder();
  for (const char part : {'1', '2', '3'}) {
    write_bytes(folder / (std::string("data_batch_") + part + ".bin"), record({'0', part}, part));
  }
  const auto open = [&](std::vector<int64_t> parts) {
    return CifarFormat{.path = folder.string(), .parts = std::move(parts)}.open(Split::train, "");
  };
  const DatasetPointer images = open({1, 3});
  ASSERT_EQ(images->size(), 2);
  EXPECT_EQ(images->label(0), 1);
  EXPECT_EQ(images->label(1), 3);
  EXPECT_THAT(images->warnings(), IsEmpty()) << "nothing that was asked for is missing";
  EXPECT_EQ(data_error([&] {
              open({1, 4, 5});
            }),
            folder.string() + ": wanted data_batch_4.bin and data_batch_5.bin");
  EXPECT_THAT(data_error([&] { open({3, 3}); }), HasSubstr("twice in [3, 3]"));
}

TEST(Cifar, ClassNamesComeFromTheFileBesideOrAreThePublishedOnes) {
  const Path folder = test_folder();
  write_bytes(folder / "test_batch.bin", record("09", 0));
  EXPECT_EQ(open_set(folder, Split::test)->classes().at(9), "truck");
  write_bytes(folder / "batches.meta.txt", "a\nb\nc\nd\ne\nf\ng\nh\ni\nlorry\n\n");
  EXPECT_EQ(open_set(folder, Split::test)->classes().size(), 10U);
  EXPECT_EQ(open_set(folder, Split::test)->classes().at(9), "lorry");
}

TEST(Cifar, HundredHasFineAndCoarseLabels) {
  const Path folder = test_folder();
  write_bytes(folder / "train.bin", record("0400", 7) + record("1363", 7));
  const DatasetPointer fine = open_set(folder);
  EXPECT_EQ(fine->classes().size(), 100U);
  EXPECT_EQ(fine->classes().at(0), "apple");
  EXPECT_THAT((std::vector{fine->label(0), fine->label(1)}), ElementsAre(0, 99));
  const DatasetPointer coarse = open_set(folder, Split::train, "coarse");
  EXPECT_EQ(coarse->classes().size(), 20U);
  EXPECT_EQ(coarse->classes().at(4), "fruit_and_vegetables");
  EXPECT_THAT((std::vector{coarse->label(0), coarse->label(1)}), ElementsAre(4, 19));
  EXPECT_NE(fine->fingerprint(), coarse->fingerprint());
  EXPECT_THAT(fine->warnings(), IsEmpty());
}

TEST(Cifar, RefusesWhatIsNoWholeNumberOfRecords) {
  const Path file = test_folder() / "data_batch_1.bin";
  const std::string whole = record("03", 1) + record("04", 2);
  for (const size_t size : {size_t{1}, size_t{3072}, size_t{3074}, whole.size() - 1}) {
    write_bytes(file, whole.substr(0, size));
    EXPECT_EQ(data_error([&] { open_set(file.parent_path()); }),
              file.string() + ": " + std::to_string(size) +
                  " bytes are no whole number of CIFAR-10's records of 3073; is it cut off, or of "
                  "another set?");
  }
  write_bytes(file, "");
  EXPECT_THAT(data_error([&] { open_set(file.parent_path()); }), HasSubstr("the file is empty"));
}

TEST(Cifar, RefusesALabelWithoutAClass) {
  const Path folder = test_folder();
  write_bytes(folder / "data_batch_1.bin", record("03", 1));
  write_bytes(folder / "data_batch_2.bin", record("03", 1) + record("0a", 1));
  EXPECT_EQ(data_error([&] { open_set(folder); }),
            (folder / "data_batch_2.bin").string() + ": record 1 has label 10, wanted 0 to 9");
}

TEST(Cifar, SaysWhatIsMissingAndHowToGetIt) {
  const Path folder = test_folder();
  EXPECT_THAT(data_error([&] { open_set(folder / "cifar-10"); }),
              AllOf(StartsWith((folder / "cifar-10").string() + ": no such folder"),
                    HasSubstr("tools/get-data.sh cifar-10 gets")));
  EXPECT_THAT(data_error([&] { open_set(folder / "cifar-100"); }),
              HasSubstr("tools/get-data.sh cifar-100 gets"));
  write_bytes(folder / "test_batch.bin", record("03", 1));
  EXPECT_THAT(data_error([&] { open_set(folder); }),
              HasSubstr("wanted data_batch_1.bin or data_batch_2.bin"));
  EXPECT_THAT(data_error([&] { open_set(folder, Split::test, "coarse"); }),
              HasSubstr("no coarse labels"));
}

// Python: lzma.compress(b"\3" + b"\7" * 3072, check=lzma.CHECK_CRC64).
const std::string packed = bytes_of(
    "fd377a585a000004e6d6b4460200210116000000742fe5a3e00c0000185d000182481e1bd63b324b23d663a91a"
    "d09f50cfdd1b692a0000003c694ba0d8225333000134811800000034779545b1c467fb020000000004595a");

TEST(Cifar, ReadsXzAndRefusesItCutAnywhere) {
  const Path file = write_bytes(test_folder() / "data_batch_1.bin.xz", packed);
  const DatasetPointer images = open_set(file.parent_path());
  ASSERT_EQ(images->size(), 1);
  EXPECT_EQ(images->label(0), 3);
  EXPECT_EQ(ink_of(*images, 0), 7 * 3072);
  for (size_t size = 1; size < packed.size(); ++size) {
    write_bytes(file, packed.substr(0, size));
    EXPECT_THAT(data_error([&] { open_set(file.parent_path()); }), StartsWith(file.string()))
        << size;
  }
}

TEST(Cifar, NeverTakesADamagedXzForOtherContent) {
  const Path file = test_folder() / "data_batch_1.bin.xz";
  int refused = 0;
  for (size_t place = 0; place < packed.size(); ++place) {
    std::string damaged = packed;
    damaged[place] = static_cast<char>(damaged[place] ^ 1 << place % 8);
    write_bytes(file, damaged);
    try {
      EXPECT_EQ(ink_of(*open_set(file.parent_path()), 0), 7 * 3072) << place;
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), ExitCode::data);
      ++refused;
    }
  }
  EXPECT_GT(refused, static_cast<int>(packed.size()) - 10);
}

// Counts as published, sums read with Python's lzma module.
TEST(Cifar, TenIsThePublishedOne) {
  if (!CifarFormat::is_in(shared_data / "cifar-10"))
    GTEST_SKIP() << "no " << shared_data / "cifar-10";
  const DatasetPointer images =
      open_split(format_of_folder(shared_data / "cifar-10"), Split::train, "");
  ASSERT_EQ(images->size(), 10'000);
  std::vector<int64_t> counts(10);
  for (int64_t i = 0; i < images->size(); ++i) ++counts.at(static_cast<size_t>(images->label(i)));
  EXPECT_THAT(counts, ElementsAre(1005, 974, 1032, 1016, 999, 937, 1030, 1001, 1025, 981));
  EXPECT_EQ(images->label(0), 6);
  EXPECT_EQ(images->label(9'999), 5);
  EXPECT_EQ(ink_of(*images, 0), 317'790);
  EXPECT_EQ(ink_of(*images, 9'999), 380'993);
}

TEST(Cifar, HundredIsThePublishedOne) {
  if (!CifarFormat::is_in(shared_data / "cifar-100"))
    GTEST_SKIP() << "no " << shared_data / "cifar-100";
  const DatasetPointer images = open_set(shared_data / "cifar-100", Split::test);
  ASSERT_EQ(images->size(), 10'000);
  std::vector<int64_t> counts(100);
  for (int64_t i = 0; i < images->size(); ++i) ++counts.at(static_cast<size_t>(images->label(i)));
  EXPECT_EQ(std::set(counts.begin(), counts.end()), std::set<int64_t>{100});
  EXPECT_EQ(images->label(0), 49);
  EXPECT_EQ(images->label(9'999), 70);
  EXPECT_EQ(ink_of(*images, 0), 559'205);
  EXPECT_EQ(ink_of(*images, 9'999), 328'923);
}

}  // namespace
}  // namespace retort
