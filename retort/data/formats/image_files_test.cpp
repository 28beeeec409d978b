#include "retort/data/formats/image_files.hpp"

#include <gmock/gmock.h>

#include <set>

#include "retort/data/formats.hpp"
#include "retort/data/formats/files_for_tests.hpp"
#include "retort/data/formats/manifest.hpp"
#include "retort/data/images/resize.hpp"
#include "retort/data/images_for_tests.hpp"

namespace retort {
namespace {

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

const Path golden = Path(RETORT_SOURCE_FOLDER) / "tests" / "golden" / "images";

// Puts an image of the golden folder to another place.
void place(const std::string& name, const Path& to) {
  std::filesystem::create_directories(to.parent_path());
  std::filesystem::copy_file(golden / name, to);
}

// Two classes, three images to train on and one to test on.
Path small_folder() {
  const Path folder = test_folder();
  place("colour.png", folder / "train" / "b" / "2.png");
  place("baseline.jpg", folder / "train" / "b" / "1.JPG");
  place("grey.png", folder / "train" / "a" / "deep" / "x.jpeg");
  place("colour.png", folder / "test" / "b" / "y.png");
  write_bytes(folder / "train" / "a" / ".hidden.png", "no image");
  write_bytes(folder / "train" / "a" / "notes.txt", "no image");
  std::filesystem::create_directories(folder / "train" / ".cache");
  return folder;
}

FolderFormat format_of(const Path& folder, const ImageFileSettings& images = {.size = {8}}) {
  return {.path = folder.string(), .images = images};
}

TEST(FolderFormat, ClassesAreFoldersSortedAndFilesComeByPath) {
  const Path folder = small_folder();
  const DatasetPointer images = format_of(folder).open(Split::train, "");
  EXPECT_THAT(images->classes(), ElementsAre("a", "b"));
  ASSERT_EQ(images->size(), 3);
  EXPECT_EQ(images->shape(), (Shape{3, 8, 8}));
  EXPECT_THAT((std::vector{images->label(0), images->label(1), images->label(2)}),
              ElementsAre(0, 1, 1));
  const Image wanted = fitted(read_image(golden / "colour.png"), 0, 8, 8);
  const std::vector<float> pixels = pixels_of(*images, {2});
  for (size_t i = 0; i < pixels.size(); ++i) {
    ASSERT_EQ(pixels[i], static_cast<float>(wanted.pixels[i]) / 255.0F) << i;
  }
  EXPECT_THAT(images->warnings(), IsEmpty());
  const DatasetPointer test = format_of(folder).open(Split::test, "");
  EXPECT_EQ(test->size(), 1);
  EXPECT_EQ(test->label(0), 1);
  EXPECT_THAT(test->classes(), ElementsAre("a", "b"));
}

TEST(FolderFormat, FromMemoryOrFromFilesTheBytesAndTheFingerprintAreTheSame) {
  const Path folder = small_folder();
  const ImageFileSettings kept{.size = {5, 7}, .resize = 11};
  const ImageFileSettings streamed{.size = {5, 7}, .resize = 11, .memory = 0};
  const DatasetPointer first = format_of(folder, kept).open(Split::train, "");
  const DatasetPointer second = format_of(folder, streamed).open(Split::train, "");
  EXPECT_EQ(first->fingerprint(), second->fingerprint());
  for (int64_t i = 0; i < first->size(); ++i) {
    EXPECT_EQ(pixels_of(*first, {i}), pixels_of(*second, {i})) << i;
  }
  std::filesystem::remove(folder / "train" / "b" / "2.png");
  place("alpha.png", folder / "train" / "b" / "2.png");
  EXPECT_EQ(pixels_of(*second, {2}), pixels_of(*first, {2}));  // the same but for transparency
  std::filesystem::remove(folder / "train" / "b" / "2.png");
  place("grey.png", folder / "train" / "b" / "2.png");
  EXPECT_THAT(data_error([&] { pixels_of(*second, {2}); }), HasSubstr("2.png: has changed"));
}

TEST(FolderFormat, FingerprintTellsSizePixelsLabelsAndNamesApart) {
  const Path folder = small_folder();
  std::set<std::string> prints;
  const auto add = [&](const ImageFileSettings& settings) {
    prints.insert(format_of(folder, settings).open(Split::train, "")->fingerprint().text());
  };
  add({.size = {8}});
  add({.size = {8, 8}});
  EXPECT_EQ(prints.size(), 1U);
  add({.size = {8, 9}});
  add({.size = {8}, .resize = 9});
  std::filesystem::rename(folder / "train" / "a", folder / "train" / "c");
  add({.size = {8}});
  EXPECT_EQ(prints.size(), 4U);
}

TEST(FolderFormat, ADamagedFileIsNamedAndRefusedOrLeftOut) {
  const Path folder = small_folder();
  const Path damaged = write_bytes(folder / "train" / "a" / "bad.jpg", "a text");
  EXPECT_EQ(data_error([&] { format_of(folder).open(Split::train, ""); }),
            damaged.string() +
                ": neither a JPEG nor a PNG file, by its first bytes; data.damaged = \"skip\" "
                "leaves such files out");
  write_bytes(folder / "train" / "b" / "empty.png", "");
  EXPECT_THAT(data_error([&] { format_of(folder).open(Split::train, ""); }),
              AllOf(StartsWith(damaged.string()), HasSubstr("2 of 5 image files are damaged")));
  for (const int64_t memory : {0, 10}) {
    const DatasetPointer images =
        format_of(folder, {.size = {8}, .damaged = "skip", .memory = memory})
            .open(Split::train, "");
    ASSERT_EQ(images->size(), 3);
    EXPECT_EQ(images->label(0), 0);
    EXPECT_EQ(images->label(1), 1);
    EXPECT_THAT(
        images->warnings(),
        ElementsAre("2 of 5 image files are damaged and left out",
                    damaged.string() + ": neither a JPEG nor a PNG file, by its first bytes",
                    HasSubstr("empty.png: the file is empty")));
  }
}

TEST(FolderFormat, RefusesWhenEveryFileIsDamaged) {
  const Path folder = test_folder();
  std::filesystem::create_directories(folder / "train" / "a");
  write_bytes(folder / "train" / "a" / "x.png", "");
  EXPECT_THAT(data_error([&] {
                format_of(folder, {.size = {8}, .damaged = "skip"}).open(Split::train, "");
              }),
              HasSubstr("x.png: the file is empty"));
}

TEST(FolderFormat, SaysWhatIsMissing) {
  const Path folder = small_folder();
  std::filesystem::create_directories(folder / "train" / "empty");
  EXPECT_EQ(data_error([&] { format_of(folder).open(Split::train, ""); }),
            (folder / "train" / "empty").string() + ": a class without .jpg, .jpeg or .png files");
  place("grey.png", folder / "test" / "new" / "z.png");
  EXPECT_EQ(data_error([&] { format_of(folder).open(Split::test, ""); }),
            (folder / "test" / "new").string() + ": a class that the training images in " +
                (folder / "train").string() + " lack");
  EXPECT_THAT(data_error([&] { format_of(folder / "none").open(Split::train, ""); }),
              StartsWith((folder / "none" / "train").string()));
  EXPECT_THAT(data_error([&] { format_of(folder / "train" / "b").open(Split::train, ""); }),
              HasSubstr("folder for each class"));
}

TEST(FolderFormat, WarnsOfNumbersAsNames) {
  const Path folder = test_folder();
  for (const char* name : {"10", "2"}) {
    place("grey.png", folder / "train" / name / "x.png");
  }
  const DatasetPointer images = format_of(folder).open(Split::train, "");
  EXPECT_THAT(images->classes(), ElementsAre("10", "2"));
  EXPECT_THAT(images->warnings(), ElementsAre(HasSubstr("all class names are numbers")));
}

TEST(ImageFileSettings, RefusesSizesThatCannotBe) {
  const Path folder = small_folder();
  for (const ImageFileSettings& settings :
       {ImageFileSettings{.size = {}}, ImageFileSettings{.size = {1, 2, 3}},
        ImageFileSettings{.size = {8, 9}, .resize = 8}}) {
    try {
      format_of(folder, settings).open(Split::train, "");
      ADD_FAILURE();
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), ExitCode::usage);
    }
  }
}

TEST(ManifestFormat, ReadsCsvWithQuotesAndMissingLabels) {
  const Path folder = small_folder();
  const Path list = write_bytes(folder / "list.csv",
                                "\xef\xbb\xbfnote,split,label,path\r\n"
                                ",train,\"cat, \"\"big\"\"\",train/b/2.png\r\n"
                                "\"two\nlines\",train,,train/b/1.JPG\r\n"
                                "\r\n"
                                ",test,ant,test/b/y.png");
  const ManifestFormat format{.path = list.string(), .images = {.size = {8}}};
  const DatasetPointer images = format.open(Split::train, "");
  EXPECT_THAT(images->classes(), ElementsAre("ant", "cat, \"big\""));
  ASSERT_EQ(images->size(), 2);
  EXPECT_EQ(images->label(0), 1);
  EXPECT_EQ(images->label(1), no_label);
  EXPECT_EQ(format.open(Split::test, "")->label(0), 0);
  EXPECT_TRUE(std::holds_alternative<ManifestFormat>(format_of_folder(list)));
}

TEST(ManifestFormat, ReadsJsonLines) {
  const Path folder = small_folder();
  const Path list = write_bytes(folder / "list.jsonl",
                                R"({"path": "train/b/2.png", "label": "é", "split": "train"})"
                                "\n\n"
                                R"({"path": "test/b/y.png", "label": null, "split": "train"})");
  const DatasetPointer images =
      ManifestFormat{.path = list.string(), .images = {.size = {8}}}.open(Split::train, "");
  EXPECT_THAT(images->classes(), ElementsAre("é"));
  EXPECT_EQ(images->label(0), 0);
  EXPECT_EQ(images->label(1), no_label);
}

std::string manifest_error(const std::string& name, const std::string& bytes) {
  const Path path = write_bytes(test_folder() / name, bytes);
  const std::string error = data_error([&] { read_manifest(path); });
  EXPECT_THAT(error, StartsWith(path.string() + ":"));
  return error.substr(std::min(error.size(), path.string().size() + 1));
}

TEST(ReadManifest, ErrorsHaveTheLine) {
  EXPECT_EQ(manifest_error("a.csv", ""), "1: no column \"path\"; there are: ");
  EXPECT_THAT(manifest_error("a.csv", "path,labels,split\n"),
              StartsWith("1: no column \"label\"; did you mean 'labels'?"));
  EXPECT_EQ(manifest_error("a.csv", "path,label,split\nx,\"1\n2\",train\ny,1\n"),
            "4: 2 values, but 3 columns");
  EXPECT_EQ(manifest_error("a.csv", "path,label,split\nx,1,trian\n"),
            "2: the split is \"trian\", wanted train or test");
  EXPECT_EQ(manifest_error("a.csv", "path,label,split\n,1,train\n"), "2: the path is empty");
  EXPECT_EQ(manifest_error("a.csv", "path,label,split\nx,\"1,train\n"), "2: a quote is not closed");
  EXPECT_EQ(
      manifest_error("a.jsonl", "{\"path\": \"x\", \"label\": \"\", \"split\": \"test\"}\n[]\n"),
      "2: no JSON object");
  EXPECT_EQ(manifest_error("a.jsonl", "{\"path\": \"x\""), "1: no JSON object");
  EXPECT_EQ(manifest_error("a.jsonl", "{\"path\": 3, \"label\": \"\", \"split\": \"test\"}"),
            "1: \"path\": wanted a text");
  EXPECT_EQ(manifest_error("a.jsonl", "{\"path\": \"x\", \"split\": \"test\"}"), "1: no \"label\"");
}

TEST(FormatOfFolder, TakesFoldersOfImagesAtTheSizeThatIsAsked) {
  const DataFormat format = format_of_folder(small_folder(), {}, {3, 6, 4});
  EXPECT_EQ(open_split(format, Split::test, "")->shape(), (Shape{3, 6, 4}));
}

TEST(FolderFormat, ReadsPhotographs) {
  if (!FolderFormat::is_in(shared_data / "photos")) GTEST_SKIP() << "no " << shared_data / "photos";
  const DatasetPointer images =
      format_of(shared_data / "photos", {.size = {32}, .damaged = "skip"}).open(Split::test, "");
  EXPECT_THAT(images->classes(), ElementsAre("apple", "banana", "cat", "dog"));
  EXPECT_EQ(images->size(), 276 + 44 + 211 + 115);
  EXPECT_THAT(images->warnings(), IsEmpty());
}

}  // namespace
}  // namespace retort
