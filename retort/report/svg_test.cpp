#include "retort/report/svg.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

namespace retort {
namespace {

using testing::HasSubstr;
using testing::Not;

TEST(Coordinate, IsShort) {
  EXPECT_EQ(coordinate(1), "1");
  EXPECT_EQ(coordinate(100), "100");
  EXPECT_EQ(coordinate(0.126), "0.13");
  EXPECT_EQ(coordinate(-0.001), "0");
  EXPECT_EQ(coordinate(12.5), "12.5");
  EXPECT_EQ(coordinate(NAN), "0");
  EXPECT_EQ(coordinate(INFINITY), "0");
}

TEST(Svg, EscapesEveryText) {
  Svg svg(10, 20, "<label>\"");
  svg.text(1, 2, Anchor::end, "<text>", "axis");
  svg.slanted_text(1, 2, "<slanted>");
  svg.circle(1, 2, 3, "dot", "<title of it>");
  const std::string html = svg.html();
  EXPECT_THAT(html, HasSubstr("viewBox=\"0 0 10 20\""));
  EXPECT_THAT(html, HasSubstr("aria-label=\"&lt;label&gt;&quot;\""));
  EXPECT_THAT(html, HasSubstr("text-anchor=\"end\">&lt;text&gt;</text>"));
  EXPECT_THAT(html, HasSubstr("<title>&lt;title of it&gt;</title>"));
  EXPECT_THAT(html, Not(HasSubstr("<slanted>")));
}

}  // namespace
}  // namespace retort
