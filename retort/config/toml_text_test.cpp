#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "retort/config/settings_for_tests.hpp"
#include "retort/config/toml.hpp"

namespace retort {
namespace {

using for_tests::Settings;
using testing::HasSubstr;

std::string text_of(Settings settings) {
  return toml_text([&](FieldVisitor& visitor) { settings.describe(visitor); });
}

Settings full() {
  Settings settings;
  settings.name = "first";
  settings.data.path = "folder";
  settings.data.sizes = {3, 4};
  settings.teachers = {{"small", {}}, {"a b.c\"", {}}};
  settings.teachers[0].second.seed = 7;
  settings.train.optimiser = for_tests::Descent{0.5};
  settings.train.schedule = for_tests::Falling{};
  settings.losses = {{for_tests::Listening{"small"}}, {for_tests::Plain{2}}};
  return settings;
}

TEST(TomlText, IsWhatAPersonWouldWrite) {
  EXPECT_EQ(text_of(full()), R"(name = "first"
twin = true

[data]
path = "folder"
order = "forward"
names = ["zero", "one"]
sizes = [3, 4]

[teacher.small]
seed = 7

[teacher.small.train]
epochs = 10
rate = 0.001
optimiser = "adaptive"
epsilon = 1e-08
schedule = "steady"

[teacher."a b.c\""]
seed = 0

[teacher."a b.c\"".train]
epochs = 10
rate = 0.001
optimiser = "adaptive"
epsilon = 1e-08
schedule = "steady"

[train]
epochs = 10
rate = 0.001
optimiser = "descent"
momentum = 0.5
schedule = "falling"
milestones = [0.5, 0.75]

[[objective]]
term = "listening"
teacher = "small"

[[objective]]
term = "plain"
weight = 2.0
)");
}

TEST(TomlText, ReadsBackTheSame) {
  const std::string text = text_of(full());
  EXPECT_EQ(text_of(read_settings<Settings>(TomlFile::parse(text, "x.toml"))), text);
}

TEST(TomlText, EmptyListsReadBackTheSame) {
  Settings settings = full();
  settings.losses.clear();
  settings.teachers.clear();
  settings.data.names.clear();
  const std::string text = text_of(settings);
  EXPECT_THAT(text, HasSubstr("objective = []\n"));
  const Settings back = read_settings<Settings>(TomlFile::parse(text, "x.toml"));
  EXPECT_EQ(text_of(back), text);
  EXPECT_TRUE(back.data.names.empty());
}

TEST(TomlText, EveryTextReadsBackTheSame) {
  for (const std::string name : {"", "\"quoted\" \\ back", "two\nlines\ttab\r", "\x01\x1f\x7f",
                                 "größe 猫 \u009b", "'single'", "# no comment"}) {
    Settings settings = full();
    settings.name = name;
    EXPECT_EQ(read_settings<Settings>(TomlFile::parse(text_of(settings), "x.toml")).name, name);
  }
}

TEST(TomlText, EveryNumberReadsBackTheSame) {
  for (const double rate : {0.1, 1.0, 1e-300, 1e22, 123456789012345680.0, 1.0 / 3, 5e-324}) {
    Settings settings = full();
    settings.train.rate = rate;
    EXPECT_EQ(read_settings<Settings>(TomlFile::parse(text_of(settings), "x.toml")).train.rate,
              rate);
  }
  Settings settings = full();
  settings.train.epochs = std::numeric_limits<int64_t>::max();
  EXPECT_EQ(read_settings<Settings>(TomlFile::parse(text_of(settings), "x.toml")).train.epochs,
            settings.train.epochs);
}

struct Nothing {
  void describe(FieldVisitor&) {}
};
struct Hollow {
  Nothing required;
  std::vector<std::pair<std::string, Nothing>> named;
  void describe(FieldVisitor& visitor) {
    visitor.table({.name = "required", .help = "empty", .required = true}, required);
    visitor.named_tables({.name = "named", .help = "empty"}, named);
  }
};

TEST(TomlText, TablesWithoutFieldsAreThere) {
  Hollow hollow;
  hollow.named = {{"a", {}}};
  const std::string text = toml_text([&](FieldVisitor& visitor) { hollow.describe(visitor); });
  EXPECT_EQ(text, "[required]\n\n[named.a]\n");
  EXPECT_EQ(read_settings<Hollow>(TomlFile::parse(text, "x.toml")).named.size(), 1u);
}

}  // namespace
}  // namespace retort
