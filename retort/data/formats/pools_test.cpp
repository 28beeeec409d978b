#include <gmock/gmock.h>

#include "retort/data/formats.hpp"
#include "retort/data/formats/files_for_tests.hpp"

namespace retort {
namespace {

using test::data_error;
using test::test_folder;
using test::write_bytes;
using testing::ElementsAre;
using testing::HasSubstr;

const Path golden = Path(RETORT_SOURCE_FOLDER) / "tests" / "golden" / "images";

void place(const Path& to) {
  std::filesystem::create_directories(to.parent_path());
  std::filesystem::copy_file(golden / "colour.png", to);
}

FolderFormat format_of(const Path& folder) {
  return {.path = folder.string(), .unlabelled = "unlabelled", .images = {.size = {8}}};
}

TEST(Pools, AreTheFoldersOfUnlabelledImages) {
  const Path folder = test_folder();
  place(folder / "test" / "cat" / "1.png");
  place(folder / "test" / "pear" / "1.png");
  place(folder / "unlabelled" / "fruit" / "1.png");
  place(folder / "unlabelled" / "pets" / "1.png");
  place(folder / "unlabelled" / "pets" / "deep" / "2.png");
  place(folder / "unlabelled" / "x.png");
  const DatasetPointer images = format_of(folder).open(Split::train, "");
  EXPECT_THAT(images->classes(), ElementsAre("cat", "pear")) << "those of the test images";
  EXPECT_THAT(images->pools(), ElementsAre("fruit", "pets"));
  std::vector<int64_t> pools;
  for (int64_t i = 0; i < images->size(); ++i) {
    pools.push_back(images->pool(i));
    EXPECT_EQ(images->label(i), no_label);
  }
  EXPECT_THAT(pools, ElementsAre(0, 1, 1, no_label));
  EXPECT_TRUE(format_of(folder).open(Split::test, "")->pools().empty());
}

TEST(Pools, StandBesideLabelledImages) {
  const Path folder = test_folder();
  place(folder / "train" / "cat" / "1.png");
  place(folder / "test" / "cat" / "1.png");
  place(folder / "unlabelled" / "pets" / "1.png");
  const DatasetPointer images = format_of(folder).open(Split::train, "");
  ASSERT_EQ(images->size(), 2);
  EXPECT_EQ(images->pool(0), 0);
  EXPECT_EQ(images->label(1), 0);
  EXPECT_EQ(images->pool(1), no_label);
}

TEST(Pools, AClassMayHaveNoLabelledImageAndIsWarnedOf) {
  const Path folder = test_folder();
  place(folder / "train" / "none" / "1.png");
  place(folder / "test" / "cat" / "1.png");
  place(folder / "test" / "none" / "1.png");
  place(folder / "unlabelled" / "pets" / "1.png");
  const DatasetPointer images = format_of(folder).open(Split::train, "");
  EXPECT_THAT(images->classes(), ElementsAre("cat", "none"));
  EXPECT_EQ(images->label(1), 1);
  EXPECT_THAT(images->warnings(), ElementsAre(HasSubstr("no folder cat")));
  EXPECT_THAT(format_of(folder).open(Split::test, "")->classes(), ElementsAre("cat", "none"));
}

TEST(Pools, AFolderNamedLikeAClassIsALabel) {
  const Path folder = test_folder();
  place(folder / "test" / "cat" / "1.png");
  place(folder / "unlabelled" / "pets" / "cat" / "1.png");
  EXPECT_THAT(data_error([&] { format_of(folder).open(Split::train, ""); }),
              HasSubstr("named like the class \"cat\""));
}

TEST(Pools, AreAColumnOfAManifest) {
  const Path folder = test_folder();
  place(folder / "1.png");
  for (const auto& [name, text] :
       {std::pair{"a.csv",
                  "path,label,split,pool\n1.png,,train,pets\n1.png,,train,\n"
                  "1.png,cat,test,\n"},
        std::pair{"a.jsonl",
                  "{\"path\":\"1.png\",\"label\":null,\"split\":\"train\",\"pool\":"
                  "\"pets\"}\n{\"path\":\"1.png\",\"label\":null,\"split\":\"train\"}\n"
                  "{\"path\":\"1.png\",\"label\":\"cat\",\"split\":\"test\"}\n"}}) {
    const Path list = write_bytes(folder / name, text);
    const DatasetPointer images =
        ManifestFormat{.path = list.string(), .images = {.size = {8}}}.open(Split::train, "");
    EXPECT_THAT(images->pools(), ElementsAre("pets")) << name;
    EXPECT_EQ(images->pool(0), 0);
    EXPECT_EQ(images->pool(1), no_label);
  }
}

}  // namespace
}  // namespace retort
