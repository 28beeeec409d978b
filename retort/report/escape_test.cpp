#include "retort/report/escape.hpp"

#include <gtest/gtest.h>

namespace retort {
namespace {

const std::string unknown = "\xEF\xBF\xBD";

TEST(Escaped, MarkupIsText) {
  EXPECT_EQ(escaped("<a href=\"x\" id='y'>&</a>"),
            "&lt;a href=&quot;x&quot; id=&#39;y&#39;&gt;&amp;&lt;/a&gt;");
  EXPECT_EQ(escaped("&lt;"), "&amp;lt;");
  EXPECT_EQ(escaped(""), "");
}

TEST(Escaped, OtherLettersStay) {
  EXPECT_EQ(escaped("naïve مرحبا 蒸馏 😀\n\t"), "naïve مرحبا 蒸馏 😀\n\t");
}

TEST(Escaped, ControlsAndTurnsOfDirectionAreReplaced) {
  EXPECT_EQ(escaped(std::string("a\0b", 3)), "a" + unknown + "b");
  EXPECT_EQ(escaped("\x1b\x7f\r"), unknown + unknown + unknown);
  EXPECT_EQ(escaped("\u0085\u202E\u2066\uFFFE\uFDD0"),
            unknown + unknown + unknown + unknown + unknown);
}

TEST(Escaped, BytesThatAreNotUtf8AreReplaced) {
  EXPECT_EQ(escaped("\xff"), unknown);
  EXPECT_EQ(escaped("\xc3"), unknown);                                // cut off
  EXPECT_EQ(escaped("\xc0\xbc"), unknown + unknown);                  // '<' overlong
  EXPECT_EQ(escaped("\xed\xa0\x80"), unknown + unknown + unknown);    // a surrogate
  EXPECT_EQ(escaped("\xf4\x90\x80\x80").size(), 4 * unknown.size());  // beyond U+10FFFF
  EXPECT_EQ(escaped("\xc3<b>"), unknown + "&lt;b&gt;");
  EXPECT_EQ(escaped("\xe2\x80\"onload"), unknown + unknown + "&quot;onload");
}

TEST(Shortened, CountsCharacters) {
  EXPECT_EQ(shortened("abcd", 4), "abcd");
  EXPECT_EQ(shortened("abcde", 4), "abc…");
  EXPECT_EQ(shortened("ééééé", 4), "ééé…");
  EXPECT_EQ(shortened("", 4), "");
}

TEST(NameHtml, KeepsTheWholeNameAtHand) {
  EXPECT_EQ(name_html("<a>", 5), "<bdi>&lt;a&gt;</bdi>");
  EXPECT_EQ(name_html("\"abc", 3), "<bdi title=\"&quot;abc\">&quot;a…</bdi>");
}

}  // namespace
}  // namespace retort
