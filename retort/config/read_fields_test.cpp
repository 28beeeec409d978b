#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "retort/base/error.hpp"
#include "retort/config/settings_for_tests.hpp"
#include "retort/config/toml.hpp"

namespace retort {
namespace {

using for_tests::Settings;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

// Lines 1 to 4; `more` starts in line 5.
const std::string sound = "[data]\npath = \"here\"\n[[objective]]\nterm = \"plain\"\n";

std::vector<std::string> problems_of(const TomlFile& file) {
  Settings settings;
  return read_fields(file, [&](FieldVisitor& visitor) { settings.describe(visitor); });
}

std::vector<std::string> problems_of(const std::string& text) {
  return problems_of(TomlFile::parse(text, "x.toml"));
}

std::vector<std::string> problems_with(const std::string& more) {
  return problems_of(sound + more);
}

Settings read(const std::string& text) {
  return read_settings<Settings>(TomlFile::parse(text, "x.toml"));
}

TEST(ReadFields, FillsEverySortOfField) {
  const Settings settings = read(R"(
name = "first"
twin = false
objective = [{ term = "listening", teacher = "big" }, { term = "plain", weight = 0.25 }]
[data]
path = "folder"
order = "backward"
names = ["a"]
sizes = [3, 4]
[teacher.big]
seed = 7
train = { epochs = 2, rate = 1, optimiser = "descent", momentum = 0.5 }
[train]
schedule = "falling"
milestones = [0, 0.5]
)");
  EXPECT_EQ(settings.name, "first");
  EXPECT_FALSE(settings.twin);
  EXPECT_EQ(settings.data.path, "folder");
  EXPECT_EQ(settings.data.order, "backward");
  EXPECT_THAT(settings.data.names, ElementsAre("a"));
  EXPECT_THAT(settings.data.sizes, ElementsAre(3, 4));
  ASSERT_EQ(settings.teachers.size(), 1u);
  const auto& [name, teacher] = settings.teachers[0];
  EXPECT_EQ(name, "big");
  EXPECT_EQ(teacher.seed, 7);
  EXPECT_EQ(teacher.train.epochs, 2);
  EXPECT_EQ(teacher.train.rate, 1.0);
  EXPECT_EQ(std::get<for_tests::Descent>(teacher.train.optimiser).momentum, 0.5);
  EXPECT_EQ(settings.train.epochs, 10);
  EXPECT_THAT(std::get<for_tests::Falling>(settings.train.schedule).milestones,
              ElementsAre(0, 0.5));
  ASSERT_EQ(settings.losses.size(), 2u);
  EXPECT_EQ(std::get<for_tests::Listening>(settings.losses[0].value).teacher, "big");
  EXPECT_EQ(std::get<for_tests::Plain>(settings.losses[1].value).weight, 0.25);
}

TEST(ReadFields, KeepsTheOrderOfNamedTables) {
  for (const char* more : {"[teacher.small]\n[teacher.big]\n[teacher.able]\n",
                           "[teacher]\nsmall = {}\nbig = {}\nable = {}\n",
                           "[teacher]\nsmall = {}\n[teacher.big]\n[teacher.able.train]\n"}) {
    const Settings settings = read(sound + more);
    ASSERT_EQ(settings.teachers.size(), 3u) << more;
    EXPECT_EQ(settings.teachers[0].first, "small") << more;
    EXPECT_EQ(settings.teachers[1].first, "big") << more;
    EXPECT_EQ(settings.teachers[2].first, "able") << more;
  }
  const Settings one_line = read("teacher = { small = {}, big = {} }\n" + sound);
  EXPECT_EQ(one_line.teachers[0].first, "small");
}

TEST(ReadFields, AnEmptyFileMissesWhatIsRequired) {
  EXPECT_THAT(problems_of(""), ElementsAre("x.toml: data: is required (the images)",
                                           "x.toml: objective: is required (the sum)"));
}

TEST(ReadFields, ARequiredFieldIsMissedInItsTable) {
  EXPECT_THAT(problems_of("twin = true\n\n[data]\n[[objective]]\nterm = \"listening\"\n"),
              ElementsAre("x.toml:3: data.path: is required (the folder)",
                          "x.toml:4: objective.0.teacher: is required (who)"));
}

TEST(ReadFields, AnUnknownKeyNamesTheNearest) {
  EXPECT_THAT(problems_with("[train]\nepoks = 3\n"),
              ElementsAre("x.toml:6: train.epoks: unknown key; did you mean 'epochs'?"));
  EXPECT_THAT(
      problems_with("[teacher.big.train]\nx = 3\n"),
      ElementsAre("x.toml:6: teacher.big.train.x: unknown key; there are: epochs, rate, optimiser, "
                  "epsilon, schedule"));
  EXPECT_THAT(problems_with("[tran]\n"),
              ElementsAre("x.toml:5: tran: unknown key; did you mean 'train'?"));
}

TEST(ReadFields, AKeyOfAnotherKindSaysOfWhich) {
  EXPECT_THAT(problems_with("[train]\nmomentum = 0.5\noptimiser = \"adaptive\"\n"),
              ElementsAre(HasSubstr("x.toml:6: train.momentum: is read with optimiser = "
                                    "\"descent\"; there are: epochs")));
}

TEST(ReadFields, NumbersHaveTheirRange) {
  EXPECT_THAT(problems_with("weight = -1\n[train]\nepochs = 0\nrate = 0\n"),
              ElementsAre("x.toml:5: objective.0.weight: wanted a number 0 .. 100, got -1",
                          "x.toml:7: train.epochs: wanted an integer >= 1, got 0",
                          "x.toml:8: train.rate: wanted a number > 0, got 0"));
}

TEST(ReadFields, AnIntegerIsNoFractionAndNoText) {
  EXPECT_THAT(problems_with("[train]\nepochs = 2.5\n"),
              ElementsAre("x.toml:6: train.epochs: wanted an integer >= 1, got 2.5"));
  EXPECT_THAT(problems_with("[train]\nepochs = 2.0\n"),
              ElementsAre("x.toml:6: train.epochs: wanted an integer >= 1, got 2.0"));
  EXPECT_THAT(problems_with("[teacher.big.train]\nepochs = \"many\"\n"),
              ElementsAre("x.toml:6: teacher.big.train.epochs: wanted an integer >= 1, got "
                          "\"many\""));
}

TEST(ReadFields, NumbersAreFinite) {
  EXPECT_THAT(problems_with("[train]\nrate = inf\n"),
              ElementsAre("x.toml:6: train.rate: wanted a number > 0, got inf"));
  EXPECT_THAT(problems_with("[train]\nrate = nan\n"), ElementsAre(HasSubstr("got nan")));
  EXPECT_THAT(problems_with("[train]\noptimiser = \"descent\"\nmomentum = -inf\n"),
              ElementsAre("x.toml:7: train.momentum: wanted a number, got -inf"));
}

TEST(ReadFields, TypesAreNotMixed) {
  EXPECT_THAT(problems_of("name = 3\ntwin = \"yes\"\n" + sound),
              ElementsAre("x.toml:1: name: wanted a text, got 3",
                          "x.toml:2: twin: wanted true or false, got \"yes\""));
  EXPECT_THAT(problems_of("name = 2026-01-02\ntwin = 1\n" + sound),
              ElementsAre("x.toml:1: name: wanted a text, got a date or time",
                          "x.toml:2: twin: wanted true or false, got 1"));
}

TEST(ReadFields, ListsAreCheckedItemByItem) {
  EXPECT_THAT(problems_of("[data]\npath = \"\"\nsizes = [3,\n 0, 2.5]\nnames = [1]\n"
                          "[[objective]]\nterm = \"plain\"\n"),
              ElementsAre("x.toml:4: data.sizes.1: wanted an integer >= 1, got 0",
                          "x.toml:4: data.sizes.2: wanted an integer >= 1, got 2.5",
                          "x.toml:5: data.names.0: wanted a text, got 1"));
  EXPECT_THAT(problems_of("[data]\npath = \"\"\nsizes = 3\n[[objective]]\nterm = \"plain\"\n"),
              ElementsAre("x.toml:3: data.sizes: wanted a list, each an integer, got 3"));
}

TEST(ReadFields, WordsAreChosenFromTheirs) {
  EXPECT_THAT(problems_of("[data]\npath = \"\"\norder = \"forwards\"\n[[objective]]\nterm = "
                          "\"plain\"\n"),
              ElementsAre("x.toml:3: data.order: there is no \"forwards\"; did you mean "
                          "'forward'?"));
}

TEST(ReadFields, AnUnknownKindIsTheOnlyProblemOfItsTable) {
  EXPECT_THAT(
      problems_of("[data]\npath = \"\"\n[[objective]]\nterm = \"listenning\"\ntecher = 1\n"),
      ElementsAre("x.toml:4: objective.0.term: there is no \"listenning\"; did you mean "
                  "'listening'?"));
  EXPECT_THAT(problems_of("[data]\npath = \"\"\n[[objective]]\nterm = \"x\"\nweight = -1\n"),
              ElementsAre("x.toml:4: objective.0.term: there is no \"x\"; there are: listening, "
                          "plain"));
  EXPECT_THAT(problems_of("[data]\npath = \"\"\n[[objective]]\nterm = 3\nother = 1\n"),
              ElementsAre("x.toml:4: objective.0.term: wanted a text, got 3"));
}

TEST(ReadFields, AMissingKindIsTheOnlyProblemOfItsTable) {
  EXPECT_THAT(problems_of("[data]\npath = \"\"\n[[objective]]\nweight = 1\n"),
              ElementsAre("x.toml:3: objective.0.term: is required (which loss)"));
}

TEST(ReadFields, AnUnknownKindLeavesTheOtherFieldsOfItsTable) {
  EXPECT_THAT(problems_with("[train]\nepochs = 0\noptimiser = \"adaptiv\"\n"),
              ElementsAre("x.toml:6: train.epochs: wanted an integer >= 1, got 0",
                          "x.toml:7: train.optimiser: there is no \"adaptiv\"; did you mean "
                          "'adaptive'?"));
}

TEST(ReadFields, TablesAndValuesAreNotMixed) {
  EXPECT_THAT(problems_of("data = 3\nobjective = \"x\"\nteacher = [1]\ntrain = []\n"),
              ElementsAre("x.toml:1: data: wanted a table, got 3",
                          "x.toml:2: objective: wanted a list of tables, got \"x\"",
                          "x.toml:3: teacher: wanted tables [teacher.NAME], got [1]",
                          "x.toml:4: train: wanted a table, got []"));
  EXPECT_THAT(problems_of("name = {}\nobjective = [3, [], { term = \"plain\" }]\nteacher.big = 1\n"
                          "[data.path]\n"),
              ElementsAre("x.toml:1: name: wanted a text, got a table",
                          "x.toml:2: objective.0: wanted a table, got 3",
                          "x.toml:2: objective.1: wanted a table, got []",
                          "x.toml:3: teacher.big: wanted a table, got 1",
                          "x.toml:4: data.path: wanted a text, got a table"));
  EXPECT_THAT(problems_of("[data]\npath = \"\"\n[objective]\nterm = \"plain\"\n"),
              ElementsAre("x.toml:3: objective: wanted a list of tables, got a table"));
}

TEST(ReadFields, ProblemsComeInTheOrderOfTheFile) {
  EXPECT_THAT(problems_of("zzz = 1\n[train]\nrate = 0\nepochs = 0\n[data]\npath = 2\n"
                          "[[objective]]\nterm = \"plain\"\n"),
              ElementsAre(HasSubstr(":1: zzz"), HasSubstr(":3: train.rate"),
                          HasSubstr(":4: train.epochs"), HasSubstr(":6: data.path")));
  EXPECT_THAT(problems_of("train = { zzz = 1, rate = 0, aaa = 1 }\n" + sound),
              ElementsAre(HasSubstr("zzz"), HasSubstr("rate"), HasSubstr("aaa")));
}

TEST(ReadFields, ProblemsOfOverridesComeLastAndNameThem) {
  TomlFile file = TomlFile::parse(sound + "[train]\nrate = 0\n", "x.toml");
  file.set("train.epoks=3");
  file.set("teacher.big.seed=-1");
  file.set("objective.0.weight=many");
  EXPECT_THAT(problems_of(file),
              ElementsAre("x.toml:6: train.rate: wanted a number > 0, got 0",
                          "--set train.epoks: train.epoks: unknown key; did you mean 'epochs'?",
                          "--set teacher.big.seed: teacher.big.seed: wanted an integer >= 0, got "
                          "-1",
                          "--set objective.0.weight: objective.0.weight: wanted a number 0 .. "
                          "100, got \"many\""));
}

TEST(ReadFields, WhatAnOverrideMakesIsMissedThere) {
  TomlFile file = TomlFile::parse("objective = []\n", "x.toml");
  file.set("data.order=backward");
  EXPECT_THAT(problems_of(file),
              ElementsAre("--set data.order: data.path: is required (the folder)"));
}

TEST(ReadFields, NamesWithDotsKeepTheirLines) {
  EXPECT_THAT(problems_with("[teacher.other]\n[teacher.\"v1.2\"]\nseed = -1\n"),
              ElementsAre("x.toml:7: teacher.v1.2.seed: wanted an integer >= 0, got -1"));
  EXPECT_THAT(problems_with("\"a.b\" = 1\n"), ElementsAre(HasSubstr("x.toml:5: objective.0.a.b: "
                                                                    "unknown key")));
}

TEST(ReadFields, TextOfTheFileIsPrintable) {
  EXPECT_THAT(problems_with("[\"t\\u001brain\"]\n[train]\nepochs = \"\\u001b[31m\"\n"),
              ElementsAre(HasSubstr("t\\x1brain: unknown key"), HasSubstr("got \"\\x1b[31m\"")));
  const auto named = problems_of(TomlFile::parse("", "x\x1b.toml"));
  EXPECT_THAT(named.at(0), HasSubstr("x\\x1b.toml: data"));
}

TEST(ReadFields, LongValuesAreCutAtACharacter) {
  const std::vector<std::string> problems = problems_with(
      "[train]\nepochs = \"x" + std::string("ä") + "ääääääääääääääääääää" +
      "ääääääääääääääääääääääääääääääääääääääääääääääääääääääääääääääääääää" + "\"\n");
  ASSERT_EQ(problems.size(), 1u);
  EXPECT_LT(problems[0].size(), 180u);
  EXPECT_TRUE(problems[0].ends_with("ä...")) << problems[0];
}

TEST(ReadFields, ASoundFileHasNoProblems) {
  EXPECT_THAT(problems_of(sound), IsEmpty());
}

TEST(ReadSettings, ThrowsAllProblemsAtOnce) {
  try {
    read("");
    FAIL() << "no error";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ExitCode::usage);
    EXPECT_STREQ(error.what(),
                 "x.toml: data: is required (the images)\nx.toml: objective: is required (the "
                 "sum)");
  }
}

}  // namespace
}  // namespace retort
