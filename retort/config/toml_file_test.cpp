#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "retort/base/error.hpp"
#include "retort/config/settings_for_tests.hpp"
#include "retort/config/toml.hpp"

namespace retort {
namespace {

using for_tests::Plain;
using for_tests::Settings;
using testing::HasSubstr;
using testing::StartsWith;

const std::string text =
    "name = \"first\"\n[data]\npath = \"p\"\nsizes = [1, 2]\n[[objective]]\nterm = \"plain\"\n"
    "[[objective]]\nterm = \"plain\"\nweight = 2\n";

TomlFile sample() {
  return TomlFile::parse(text, "x.toml");
}

Settings read_with(const std::vector<std::string>& assignments) {
  TomlFile file = sample();
  for (const std::string& assignment : assignments) file.set(assignment);
  return read_settings<Settings>(file);
}

// Runs `code` and returns what it threw; a test that expects an error fails when there is none.
template <class Code>
std::string usage_error(Code code) {
  try {
    code();
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ExitCode::usage) << error.what();
    return error.what();
  }
  ADD_FAILURE() << "no error";
  return "";
}

std::string parse_error(const std::string& toml) {
  return usage_error([&] { TomlFile::parse(toml, "x.toml"); });
}

std::string set_error(const std::string& assignment) {
  return usage_error([&] { sample().set(assignment); });
}

TEST(TomlFile, SyntaxErrorsHaveLineAndColumn) {
  EXPECT_THAT(parse_error("a = 1\nb = = 2\n"), StartsWith("x.toml:2:5: "));
  EXPECT_THAT(parse_error("a = 1\na = 2\n"), StartsWith("x.toml:2:"));
  EXPECT_THAT(parse_error("[a]\n[a]\n"), StartsWith("x.toml:2:"));
  EXPECT_THAT(parse_error("a = \"\xff\"\n"), StartsWith("x.toml:1:"));
  EXPECT_THAT(usage_error([] { TomlFile::parse("a = ", "\x1b.toml"); }), StartsWith("\\x1b.toml:"));
}

TEST(TomlFile, DeepNestingIsAnErrorAndNoCrash) {
  EXPECT_THAT(parse_error("a = " + std::string(100000, '[')), StartsWith("x.toml:1:"));
  std::string dotted = "a";
  for (int i = 0; i < 200000; ++i) dotted += ".a";
  EXPECT_THAT(parse_error("b = 1\n" + dotted + " = 1\n"), StartsWith("x.toml:2"));
  EXPECT_THAT(parse_error("[" + dotted + "]\n"), StartsWith("x.toml:1"));
}

TEST(TomlFile, ManyDotsInValuesAreNoNesting) {
  std::string numbers, sentence;
  for (int i = 0; i < 1000; ++i) numbers += "0.5, ";
  for (int i = 0; i < 1000; ++i) sentence += "And so on. ";
  EXPECT_NO_THROW(TomlFile::parse("a = [" + numbers + "]\n# " + sentence + "\nb = \"" + sentence +
                                      "\"\nc = '''\n" + sentence + "'''\n",
                                  "x.toml"));
}

TEST(TomlFile, AMissingFileIsAUsageError) {
  EXPECT_EQ(usage_error([] { TomlFile::read("/nowhere/x.toml"); }),
            "/nowhere/x.toml: No such file or directory");
}

TEST(TomlFile, KnowsWhereAValueIs) {
  const TomlFile file = sample();
  EXPECT_EQ(file.where("name"), "x.toml:1");
  EXPECT_EQ(file.where("data"), "x.toml:2");
  EXPECT_EQ(file.where("data.sizes"), "x.toml:4");
  EXPECT_EQ(file.where("objective.1"), "x.toml:7");
  EXPECT_EQ(file.where("objective.1.weight"), "x.toml:9");
}

TEST(TomlFile, WhatIsNotWrittenIsAtItsNearestTable) {
  const TomlFile file = sample();
  EXPECT_EQ(file.where("data.order"), "x.toml:2");
  EXPECT_EQ(file.where("objective.0.weight"), "x.toml:5");
  EXPECT_EQ(file.where("objective.9.weight"), "x.toml:5");
  EXPECT_EQ(file.where("nothing.at.all"), "x.toml");
}

TEST(TomlFile, AnOverrideIsWhereItsPathSays) {
  TomlFile file = sample();
  file.set("train.epochs=3");
  file.set("objective.1.weight=3");
  EXPECT_EQ(file.where("train.epochs"), "--set train.epochs");
  EXPECT_EQ(file.where("train"), "--set train.epochs");
  EXPECT_EQ(file.where("train.rate"), "--set train.epochs");
  EXPECT_EQ(file.where("objective.1.weight"), "--set objective.1.weight");
  EXPECT_EQ(file.where("objective.1.term"), "x.toml:8");
  EXPECT_EQ(file.where("objective.1"), "x.toml:7");
}

TEST(TomlFile, OverridesAreToml) {
  const Settings settings =
      read_with({"train.epochs=3", "train.rate = 1e-2", "twin=false", "data.sizes=[4, 5, 6]",
                 "data.sizes.1=9", "objective.1.weight=0.5", "teacher.big.seed=2",
                 "teacher.small={ seed = 3 }"});
  EXPECT_EQ(settings.train.epochs, 3);
  EXPECT_EQ(settings.train.rate, 0.01);
  EXPECT_FALSE(settings.twin);
  EXPECT_EQ(settings.data.sizes, (std::vector<int64_t>{4, 9, 6}));
  EXPECT_EQ(std::get<Plain>(settings.losses[0].value).weight, 1);
  EXPECT_EQ(std::get<Plain>(settings.losses[1].value).weight, 0.5);
  ASSERT_EQ(settings.teachers.size(), 2u);
  EXPECT_EQ(settings.teachers[0].first, "big");
  EXPECT_EQ(settings.teachers[0].second.seed, 2);
  EXPECT_EQ(settings.teachers[1].second.seed, 3);
}

TEST(TomlFile, WhatIsNoTomlIsText) {
  EXPECT_EQ(read_with({"name=x"}).name, "x");
  EXPECT_EQ(read_with({"name="}).name, "");
  EXPECT_EQ(read_with({"name=a=b \"c\""}).name, "a=b \"c\"");
  EXPECT_EQ(read_with({"name=\"3\""}).name, "3");
  EXPECT_EQ(read_with({"name=../runs/x.toml"}).name, "../runs/x.toml");
  EXPECT_EQ(read_with({"name=1\nother = 2"}).name, "1\nother = 2");
}

TEST(TomlFile, ADottedNameIsFoundByAnOverride) {
  TomlFile file = TomlFile::parse("[teacher.\"v1.2\"]\nseed = 1\n" + text.substr(15), "x.toml");
  file.set("teacher.v1.2.seed=5");
  const Settings settings = read_settings<Settings>(file);
  ASSERT_EQ(settings.teachers.size(), 1u);
  EXPECT_EQ(settings.teachers[0].second.seed, 5);
}

TEST(TomlFile, ACopyIsNotChangedByAnOverride) {
  const TomlFile file = sample();
  TomlFile copy = file;
  copy.set("name=second");
  EXPECT_EQ(read_settings<Settings>(file).name, "first");
  EXPECT_EQ(read_settings<Settings>(copy).name, "second");
}

TEST(TomlFile, OverridesThatMeanNothingAreRefused) {
  EXPECT_EQ(set_error("name"), "--set name: wanted FIELD=VALUE");
  for (const char* assignment : {"=3", ".=3", "a..b=3", ".a=3", "a.=3"}) {
    EXPECT_THAT(set_error(assignment), HasSubstr("wanted FIELD=VALUE")) << assignment;
  }
  EXPECT_THAT(set_error("name.x=3"), HasSubstr("there is no 'name.x' to change"));
  EXPECT_THAT(set_error("name.x.y=3"), HasSubstr("there is no 'name.x.y' to change"));
  EXPECT_THAT(set_error("a\x1b"), HasSubstr("--set a\\x1b"));
  EXPECT_THAT(set_error("name=\xff"), HasSubstr("UTF-8"));
}

TEST(TomlFile, AnItemIsPickedByItsKind) {
  const std::string terms = "[[objective]]\nterm = \"a\"\n[[objective]]\nterm = \"b\"\n";
  TomlFile file = TomlFile::parse(terms, "x.toml");
  file.set("objective.b.weight=7");
  EXPECT_EQ(file.where("objective.1.weight"), "--set objective.b.weight");
  EXPECT_EQ(differences(TomlFile::parse(terms, "x.toml"), file),
            std::vector<std::string>{"objective.1.weight: nothing -> 7"});
  EXPECT_THAT(usage_error([&] { file.set("objective.c.weight=7"); }),
              HasSubstr("there is no 'objective.c.weight' to change"));
  EXPECT_THAT(usage_error([&] { sample().set("objective.plain.weight=7"); }),
              HasSubstr("there are several 'plain'; pick one by its number"));
}

TEST(TomlFile, AnOverrideMayHaveAPlaceOfItsOwn) {
  TomlFile file = sample();
  file.set("data.sizes=[3]", "x.toml:99");
  EXPECT_EQ(file.where("data.sizes"), "x.toml:99");
  EXPECT_THAT(usage_error([&] { file.set("name.x=1", "x.toml:99"); }),
              StartsWith("x.toml:99: name.x=1: there is no"));
}

TEST(Leaves, AreTheValuesBelowATableInTheOrderOfTheFile) {
  TomlFile file =
      TomlFile::parse("[s]\nz = [1, 2.5]\na.b = [[3, 4], []]\n[[s.c]]\nx = \"q\"\n[t]\n", "x.toml");
  file.set("s.d=true");
  const auto leaves = leaves_of(file, "s").value();
  ASSERT_EQ(leaves.size(), 4u);
  EXPECT_EQ(leaves[0].path, "z");
  EXPECT_EQ(leaves[0].items, (std::vector<std::string>{"1", "2.5"}));
  EXPECT_EQ(leaves[1].path, "a.b");
  EXPECT_EQ(leaves[1].items, (std::vector<std::string>{"[3, 4]", "[]"}));
  EXPECT_EQ(leaves[2].items, std::vector<std::string>{"{ x = \"q\" }"});
  EXPECT_EQ(leaves[3].value, "true");
  EXPECT_FALSE(leaves[3].items.has_value());
  EXPECT_EQ(leaves_of(file, "t").value().size(), 0u);
  EXPECT_FALSE(leaves_of(file, "u").has_value());
  EXPECT_THAT(usage_error([&] { leaves_of(file, "s.d"); }), HasSubstr("wanted a table, got true"));
}

TEST(TomlFile, AListIsNotLengthened) {
  for (const char* path : {"objective.2.weight", "objective.2", "objective.-1.weight",
                           "objective.weight", "objective.1x.weight", "data.sizes.2"}) {
    EXPECT_THAT(set_error(std::string(path) + "=1"),
                HasSubstr(std::string("there is no '") + path + "' to change"));
  }
}

TEST(TomlFile, ARefusedOverrideChangesNothing) {
  TomlFile file = sample();
  EXPECT_THROW(file.set("name.x=3"), Error);
  EXPECT_THROW(file.set("objective.7.weight=3"), Error);
  EXPECT_EQ(read_settings<Settings>(file).name, "first");
  EXPECT_EQ(differences(file, sample()), std::vector<std::string>{});
}

TEST(Differences, NameThePathAndBothValues) {
  TomlFile after = sample();
  after.set("objective.1.weight=0.5");
  after.set("name=second");
  after.set("train.epochs=3");
  EXPECT_THAT(
      differences(sample(), after),
      testing::UnorderedElementsAre("objective.1.weight: 2 -> 0.5", "name: \"first\" -> \"second\"",
                                    "train.epochs: nothing -> 3"));
  EXPECT_THAT(differences(after, sample()), testing::Contains("train.epochs: 3 -> nothing"));
}

TEST(Differences, AreNoneBetweenEqualTexts) {
  EXPECT_THAT(differences(sample(), sample()), testing::IsEmpty());
}

// Long texts that differ late are still told apart.
TEST(Differences, CompareWholeValues) {
  const std::string start = "name = \"" + std::string(500, 'x');
  EXPECT_EQ(
      differences(TomlFile::parse(start + "a\"", "a"), TomlFile::parse(start + "b\"", "b")).size(),
      1u);
}

}  // namespace
}  // namespace retort
