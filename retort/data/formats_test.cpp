#include "retort/data/formats.hpp"

#include <gmock/gmock.h>

#include <bit>
#include <chrono>
#include <cmath>
#include <numeric>
#include <set>

#include "retort/data/formats/files_for_tests.hpp"
#include "retort/data/images_for_tests.hpp"

namespace retort {
namespace {

using test::bytes_of;
using test::data_error;
using test::pixels_of;
using test::test_folder;
using test::write_bytes;
using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::StartsWith;

const Path mnist = Path(RETORT_SOURCE_FOLDER) / "datasets" / "mnist";

// Two training images of 1 x 3 pixels with these labels, in a folder of the test's own.
Path small_folder(const std::string& pixels = "0001037fff0d", const std::string& labels = "0201") {
  const Path folder = test_folder();
  const auto count = [](size_t digits) { return "000000" + std::string(digits < 4 ? "01" : "02"); };
  write_bytes(folder / "train-images-idx3-ubyte", bytes_of("00000803"
                                                           "00000002"
                                                           "00000001"
                                                           "00000003" +
                                                           pixels));
  write_bytes(folder / "train-labels-idx1-ubyte",
              bytes_of("00000801" + count(labels.size()) + labels));
  return folder;
}

DatasetPointer open_training(const Path& folder, const Classes& classes = IdxFormat{}.class_names) {
  return IdxFormat{.path = folder.string(), .class_names = classes}.open(Split::train, "");
}

std::vector<int64_t> label_counts(const Dataset& dataset) {
  std::vector<int64_t> counts(dataset.classes().size());
  for (int64_t i = 0; i < dataset.size(); ++i) ++counts.at(static_cast<size_t>(dataset.label(i)));
  return counts;
}

// The sum of the pixels as whole numbers from 0 to 255.
int64_t ink_of(const Dataset& dataset, int64_t index) {
  int64_t sum = 0;
  for (const float pixel : pixels_of(dataset, {index})) sum += std::lround(255 * pixel);
  return sum;
}

int64_t ink_of(const Dataset& dataset) {
  int64_t sum = 0;
  for (int64_t i = 0; i < dataset.size(); ++i) sum += ink_of(dataset, i);
  return sum;
}

// The sums and labels were read with Python's gzip module; the histogram is the published one.
TEST(Mnist, TrainingSetIsThePublishedOne) {
  const DatasetPointer images =
      open_split(IdxFormat{.path = "mnist"}, Split::train, mnist.parent_path());
  ASSERT_EQ(images->size(), 60'000);
  EXPECT_EQ(images->shape(), (Shape{1, 28, 28}));
  EXPECT_EQ(images->views(), 1);
  EXPECT_EQ(images->classes().size(), 10U);
  EXPECT_THAT(label_counts(*images),
              ElementsAre(5923, 6742, 5958, 6131, 5842, 5421, 5918, 6265, 5851, 5949));
  EXPECT_EQ(images->label(0), 5);
  EXPECT_EQ(images->label(59'999), 8);
  EXPECT_EQ(ink_of(*images, 0), 27'525);
  EXPECT_EQ(ink_of(*images, 1), 31'095);
  EXPECT_EQ(ink_of(*images, 59'999), 20'920);
  EXPECT_EQ(ink_of(*images), 1'567'298'545);
}

TEST(Mnist, TestSetIsThePublishedOne) {
  const DatasetPointer images = open_split(format_of_folder(mnist), Split::test, "");
  ASSERT_EQ(images->size(), 10'000);
  EXPECT_THAT(label_counts(*images),
              ElementsAre(980, 1135, 1032, 1010, 982, 892, 958, 1028, 974, 1009));
  EXPECT_EQ(images->label(0), 7);
  EXPECT_EQ(ink_of(*images, 0), 18'454);
  EXPECT_EQ(ink_of(*images, 9'999), 41'833);
  EXPECT_EQ(ink_of(*images), 264'923'200);
}

// Bits of struct.pack('f', pixel / 255) in Python: the quotient rounded once. 3, 7 and 13 come out
// otherwise when multiplied by the rounded 1/255.
TEST(IdxFormat, PixelsAreTheExactQuotient) {
  const DatasetPointer images = open_training(small_folder("0001037fff0d"));
  std::vector<uint32_t> bits;
  for (const int64_t index : {0, 1}) {
    for (const float pixel : pixels_of(*images, {index})) {
      bits.push_back(std::bit_cast<uint32_t>(pixel));
    }
  }
  EXPECT_THAT(bits, ElementsAre(0, 0x3b808081, 0x3c40c0c1, 0x3efefeff, 0x3f800000, 0x3d50d0d1));
}

TEST(IdxFormat, EveryByteBecomesTheNearestFloatOfItsQuotient) {
  const Path folder = test_folder();
  std::string bytes = bytes_of(
      "00000803"
      "00000001"
      "00000010"
      "00000010");
  for (int byte = 0; byte < 256; ++byte) bytes += static_cast<char>(byte);
  write_bytes(folder / "train-images-idx3-ubyte", bytes);
  write_bytes(folder / "train-labels-idx1-ubyte", bytes_of("000008010000000100"));
  const std::vector<float> pixels = pixels_of(*open_training(folder), {0});
  ASSERT_EQ(pixels.size(), 256U);
  // A double has more than twice the digits of a float: rounding twice rounds as once.
  for (int byte = 0; byte < 256; ++byte) {
    EXPECT_EQ(pixels[static_cast<size_t>(byte)], static_cast<float>(byte / 255.0)) << byte;
  }
}

TEST(IdxFormat, FingerprintTellsPixelsLabelsShapeAndClassNamesApart) {
  const std::string pixels = "0001037fff0d";
  std::set<std::string> texts;
  const auto add = [&](const Path& folder, const Classes& classes) {
    texts.insert(open_training(folder, classes)->fingerprint().text());
  };
  add(small_folder(pixels), {"a", "b", "c"});
  add(small_folder(pixels), {"a", "b", "c"});
  EXPECT_EQ(texts.size(), 1U);
  add(small_folder("0001037fff0c"), {"a", "b", "c"});
  add(small_folder(pixels, "0202"), {"a", "b", "c"});
  add(small_folder(pixels), {"a", "b", "d"});
  add(small_folder(pixels), {"a", "b\nc", "d"});
  add(small_folder(pixels), {"a", "b", "c\nd"});
  EXPECT_EQ(texts.size(), 6U);
  const Path folder = small_folder(pixels);
  write_bytes(folder / "train-images-idx3-ubyte", bytes_of("00000803"
                                                           "00000002"
                                                           "00000003"
                                                           "00000001" +
                                                           pixels));
  add(folder, {"a", "b", "c"});
  EXPECT_EQ(texts.size(), 7U);
}

TEST(IdxFormat, RefusesALabelWithoutAClass) {
  const Path folder = small_folder("0001037fff0d", "01c8");
  const std::string where = (folder / "train-labels-idx1-ubyte").string();
  EXPECT_EQ(data_error([&] { open_training(folder); }),
            where +
                ": sample 1 has label 200, there are 10 classes (0 ... 9): name them in "
                "data.classes");
  EXPECT_EQ(data_error([&] { open_training(folder, {}); }),
            where + ": sample 0 has label 1, there are 0 classes: name them in data.classes");
  EXPECT_THAT(data_error([&] { open_training(folder, Classes(200, "name")); }),
              HasSubstr("sample 1 has label 200, there are 200 classes (0 ... 199)"));
  EXPECT_EQ(open_training(folder, Classes(201, "name"))->label(1), 200);
}

TEST(IdxFormat, RefusesAnotherNumberOfLabelsThanImages) {
  const Path folder = small_folder("0001037fff0d", "01");
  EXPECT_THAT(data_error([&] { open_training(folder); }),
              AllOf(HasSubstr("train-labels-idx1-ubyte: 1 labels"), HasSubstr("has 2 images")));
}

TEST(IdxFormat, SaysWhichFileItLookedForAndWhere) {
  const Path folder = small_folder();
  std::filesystem::remove(folder / "train-labels-idx1-ubyte");
  EXPECT_EQ(data_error([&] { open_training(folder); }),
            folder.string() +
                ": the file is not in this folder; wanted train-labels-idx1-ubyte "
                "or train-labels-idx1-ubyte.gz");
  EXPECT_THAT(
      data_error([&] { open_training(folder / "no\nwhere"); }),
      AllOf(HasSubstr("no\\x0awhere: no such folder"), HasSubstr("train-images-idx3-ubyte.gz")));
  EXPECT_THAT(data_error([&] { open_training(Path(std::string(5000, 'a'))); }),
              HasSubstr("no such folder"));
}

TEST(IdxFormat, UnlabelledTrainingImagesNeedNoFileOfLabels) {
  const Path folder = small_folder("0001037fff0d");
  const DatasetPointer labelled = open_training(folder);
  std::filesystem::remove(folder / "train-labels-idx1-ubyte");
  const DatasetPointer images =
      IdxFormat{.path = folder.string(), .unlabelled = true}.open(Split::train, "");
  ASSERT_EQ(images->size(), 2);
  EXPECT_EQ(images->label(0), no_label);
  EXPECT_EQ(images->label(1), no_label);
  EXPECT_EQ(images->classes().size(), 10U);
  EXPECT_EQ(pixels_of(*images, {1}), pixels_of(*labelled, {1}));
}

TEST(IdxFormat, TestFilesMayBeginWithTest) {
  const Path folder = small_folder();
  std::filesystem::rename(folder / "train-images-idx3-ubyte", folder / "test-images-idx3-ubyte");
  std::filesystem::rename(folder / "train-labels-idx1-ubyte", folder / "test-labels-idx1-ubyte");
  EXPECT_TRUE(IdxFormat::is_in(folder));
  const DatasetPointer images = IdxFormat{.path = folder.string()}.open(Split::test, "");
  EXPECT_EQ(images->size(), 2);
  EXPECT_EQ(images->label(0), 2);
}

// USPS has 7,291 and 2,007 images of 16 x 16; the sums were read with Python's gzip module.
TEST(IdxFormat, UspsIsThePublishedOne) {
  const Path folder = test::shared_data / "usps";
  if (!IdxFormat::is_in(folder)) GTEST_SKIP() << "no " << folder;
  const IdxFormat usps{.path = folder.string()};
  const DatasetPointer training = usps.open(Split::train, ""), test = usps.open(Split::test, "");
  EXPECT_EQ(training->size(), 7'291);
  EXPECT_EQ(training->shape(), (Shape{1, 16, 16}));
  EXPECT_EQ(ink_of(*training), 121'121'739);
  EXPECT_EQ(test->size(), 2'007);
  EXPECT_EQ(ink_of(*test), 35'061'478);
}

// The mean and the deviation of a uniform byte, 127.5 and 73.9, of 78,400 of them.
TEST(NoiseFormat, IsUniformAndAFunctionOfItsNumber) {
  const NoiseFormat noise{.images = 100, .shape = {1, 28, 28}};
  const DatasetPointer training = noise.open(Split::train, "");
  ASSERT_EQ(training->size(), 100);
  EXPECT_TRUE(training->classes().empty());
  EXPECT_EQ(training->label(3), no_label);
  EXPECT_NEAR(static_cast<double>(ink_of(*training)) / 78'400, 127.5, 4 * 73.9 / 280);
  EXPECT_EQ(pixels_of(*training, {7}), pixels_of(*noise.open(Split::train, ""), {7}));
  EXPECT_NE(pixels_of(*training, {7}), pixels_of(*training, {8}));
  EXPECT_NE(pixels_of(*training, {7}), pixels_of(*noise.open(Split::test, ""), {7}));
  EXPECT_THROW((NoiseFormat{.shape = {28, 28}}.open(Split::train, "")), Error);
}

TEST(FormatOfFolder, TakesAFolderWithAnyOfTheNames) {
  for (const char* name :
       {"train-images-idx3-ubyte", "train-labels-idx1-ubyte.gz", "t10k-images-idx3-ubyte.gz",
        "t10k-labels-idx1-ubyte", "test-images-idx3-ubyte"}) {
    const Path folder = test_folder();
    write_bytes(folder / name, "");
    EXPECT_EQ(std::get<IdxFormat>(format_of_folder(folder)).path, folder.string()) << name;
  }
}

TEST(FormatOfFolder, SaysWhatItLookedFor) {
  const Path folder = test_folder();
  const Path file = write_bytes(folder / "images.bin", "");
  EXPECT_THAT(data_error([&] { format_of_folder(folder); }),
              AllOf(StartsWith(folder.string() + ": "), HasSubstr("train-images-idx3-ubyte"),
                    HasSubstr("t10k-labels-idx1-ubyte")));
  EXPECT_EQ(data_error([&] { format_of_folder(file); }),
            file.string() + ": is a file, wanted a folder, or a list .csv or .jsonl");
  EXPECT_EQ(data_error([&] { format_of_folder(folder / "none"); }),
            (folder / "none").string() + ": no such folder");
}

}  // namespace
}  // namespace retort
