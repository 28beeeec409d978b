#include "retort/config/expression.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "retort/base/error.hpp"

namespace retort {
namespace {

double value(const std::string& text) {
  return Expression(text).value([](const NumberName& name) {
    return name.name == "six" ? 6.0 : name.name == "a-b/c.d" ? 100.0 : -1.0;
  });
}

TEST(Expression, CountsInTheUsualOrder) {
  EXPECT_EQ(value("six"), 6);
  EXPECT_EQ(value("2 + 3 * 4"), 14);
  EXPECT_EQ(value("(2 + 3) * 4"), 20);
  EXPECT_EQ(value("10 - 4 - 3"), 3);
  EXPECT_EQ(value("24 / six / 2"), 2);
  EXPECT_EQ(value("-1.5e1 + six"), -9);
  EXPECT_EQ(value("a-b/c.d - six"), 94) << "signs inside a name belong to it";
}

TEST(Expression, KnowsItsNames) {
  const Expression expression("(a.b[t=1|2,w=30-30] - a.b[]) / c");
  EXPECT_THAT(expression.names(),
              testing::ElementsAre(NumberName{"a.b", true, "t=1|2,w=30-30"},
                                   NumberName{"a.b", true, ""}, NumberName{"c", false, ""}));
}

TEST(Expression, SaysWhatItCannotRead) {
  for (const char* text : {"", "   ", "six six", "(six", "six)", "+ six", "six *", "six[a", "[a]",
                           "()", "six + * six"}) {
    EXPECT_THROW(Expression{text}, Error) << text;
  }
  EXPECT_THROW(Expression(std::string(100, '(')), Error);
  try {
    Expression("six + ");
    FAIL();
  } catch (const Error& error) {
    EXPECT_STREQ(error.what(), "\"six + \": wanted a name, a number or '('");
  }
}

}  // namespace
}  // namespace retort
