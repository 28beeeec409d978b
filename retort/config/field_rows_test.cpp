#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "retort/config/settings_for_tests.hpp"
#include "retort/config/toml.hpp"

namespace retort {
namespace {

using testing::ElementsAre;

std::string line_of(const FieldRow& row) {
  return row.path + "; " + row.kind + "; " + row.type + "; " + row.fallback + "; " + row.range +
         "; " + row.help;
}

template <class T>
std::vector<std::string> lines_of(T settings) {
  std::vector<std::string> lines;
  for (const FieldRow& row : field_rows([&](FieldVisitor& v) { settings.describe(v); })) {
    lines.push_back(line_of(row));
  }
  return lines;
}

TEST(FieldRows, HaveEveryKindOfEveryChoiceOnce) {
  EXPECT_THAT(
      lines_of(for_tests::Training{}),
      ElementsAre("epochs; ; integer; 10; >= 1; rounds", "rate; ; number; 0.001; > 0; of learning",
                  "optimiser; ; text; \"adaptive\"; adaptive | descent; what steps",
                  "epsilon; optimiser = adaptive; number; 1e-08; > 0; keeps from 0",
                  "momentum; optimiser = descent; number; 0.9; ; what stays of a step",
                  "schedule; ; text; \"steady\"; steady | falling; how the rate changes",
                  "milestones; schedule = falling; list of numbers; [0.5, 0.75]; 0 .. 1; when"));
}

TEST(FieldRows, ShowNamesAndListsOfTables) {
  const std::vector<std::string> lines = lines_of(for_tests::Settings{});
  for (const char* line : {
           "name; ; text; \"\"; ; of the run",
           "twin; ; true or false; true; ; beside it",
           "data.path; ; text; required; ; the folder",
           "data.order; ; text; \"forward\"; forward | backward; which way",
           "data.names; ; list of texts; [\"zero\", \"one\"]; ; of classes",
           "data.sizes; ; list of integers; []; >= 1; of layers",
           "teacher.NAME.seed; ; integer; 0; >= 0; of chance",
           "teacher.NAME.train.momentum; optimiser = descent; number; 0.9; ; what stays of a step",
           "objective[].term; ; text; required; listening | plain; which loss",
           "objective[].teacher; term = listening; text; required; ; who",
           "objective[].weight; term = plain; number; 1.0; 0 .. 100; factor",
       }) {
    EXPECT_THAT(lines, testing::Contains(line));
  }
}

struct WithTable {
  static constexpr std::string_view kind = "deep";
  static constexpr std::string_view help = "has a table";
  for_tests::Teacher teacher;
  void describe(FieldVisitor& visitor) {
    visitor.table({.name = "inner", .help = "nested"}, teacher);
  }
};
struct Outer {
  std::variant<for_tests::Plain, WithTable> value;
  void describe(FieldVisitor& visitor) { visitor.choice({.name = "form", .help = "x"}, value); }
};

TEST(FieldRows, ATableOfAKindStaysWithIt) {
  const std::vector<std::string> lines = lines_of(Outer{});
  EXPECT_THAT(lines, testing::Contains("inner.seed; form = deep; integer; 0; >= 0; of chance"));
  EXPECT_THAT(lines, testing::Contains("inner.train.momentum; form = deep, optimiser = descent; "
                                       "number; 0.9; ; what stays of a step"));
}

}  // namespace
}  // namespace retort
