#include "retort/base/error.hpp"

#include <gtest/gtest.h>

namespace retort {
namespace {

const std::vector<std::string> fields = {"epochs", "batch", "learning_rate", "optimiser"};

TEST(NearestName, IsTheOneThatWasMeant) {
  EXPECT_EQ(nearest_name("epoks", fields), "epochs");
  EXPECT_EQ(nearest_name("learning_rat", fields), "learning_rate");
  EXPECT_EQ(nearest_name("optimizer", fields), "optimiser");
  EXPECT_EQ(nearest_name("batch", fields), "batch");
}

TEST(NearestName, IsEmptyWhenNothingIsNear) {
  EXPECT_EQ(nearest_name("temperature", fields), "");
  EXPECT_EQ(nearest_name("x", {"a", "b"}), "");
  EXPECT_EQ(nearest_name("epoks", {}), "");
}

TEST(Suggest, NamesTheNearestOrAll) {
  EXPECT_EQ(suggest("epoks", fields), "; did you mean 'epochs'?");
  EXPECT_EQ(suggest("x", {"first", "second"}), "; there are: first, second");
  EXPECT_EQ(suggest("x", {}), "");
}

TEST(Join, PutsTheSeparatorBetween) {
  EXPECT_EQ(join({}), "");
  EXPECT_EQ(join({"a"}), "a");
  EXPECT_EQ(join({"a", "b", "c"}), "a, b, c");
  EXPECT_EQ(join({"a", "b"}, " | "), "a | b");
}

TEST(Printable, ShowsControlCharacters) {
  EXPECT_EQ(printable("plain"), "plain");
  EXPECT_EQ(printable("\x1b[31m\n\t"), "\\x1b[31m\\x0a\\x09");
  EXPECT_EQ(printable(std::string_view("a\0b", 3)), "a\\x00b");
  EXPECT_EQ(printable("\x7f"), "\\x7f");
}

TEST(Printable, LeavesOtherAlphabetsAlone) {
  EXPECT_EQ(printable("größe 猫 \u00a0"), "größe 猫 \u00a0");
}

// U+009B starts a sequence on terminals just as ESC [ does.
TEST(Printable, ShowsTheSecondSetOfControlCharacters) {
  EXPECT_EQ(printable("\u009b31m"), "\\x9b31m");
  EXPECT_EQ(printable("\u0080\u009f"), "\\x80\\x9f");
}

TEST(Error, CarriesItsExitCode) {
  const Error error(ExitCode::usage, "x.toml:1: wrong");
  EXPECT_EQ(error.code(), ExitCode::usage);
  EXPECT_STREQ(error.what(), "x.toml:1: wrong");
  EXPECT_EQ(static_cast<int>(ExitCode::interrupted), 75);
}

}  // namespace
}  // namespace retort
