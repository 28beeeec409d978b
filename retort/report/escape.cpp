#include "retort/report/escape.hpp"

#include <fmt/format.h>

#include <cstdint>

namespace retort {
namespace {

constexpr std::string_view replacement = "\xEF\xBF\xBD";  // U+FFFD

struct Character {
  uint32_t code = 0;
  size_t bytes = 0;  // 0: not UTF-8
};

// The first character of a text that is not empty; overlong forms and surrogates are not UTF-8.
Character first_character(std::string_view text) {
  const auto byte = [&](size_t i) { return static_cast<uint8_t>(text[i]); };
  const uint32_t first = byte(0);
  if (first < 0x80) return {first, 1};
  const size_t bytes = first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : 2;
  if (first < 0xC2 || first > 0xF4 || text.size() < bytes) return {};
  uint32_t code = first & (0x7Fu >> bytes);
  for (size_t i = 1; i < bytes; ++i) {
    if ((byte(i) & 0xC0) != 0x80) return {};
    code = (code << 6) | (byte(i) & 0x3Fu);
  }
  const uint32_t least = bytes == 4 ? 0x10000 : bytes == 3 ? 0x800 : 0x80;
  const bool surrogate = code >= 0xD800 && code < 0xE000;
  if (code < least || code > 0x10FFFF || surrogate) return {};
  return {code, bytes};
}

bool is_shown(uint32_t code) {
  if (code < 0x20) return code == '\n' || code == '\t';
  const bool control = code >= 0x7F && code < 0xA0;
  const bool direction = (code >= 0x202A && code <= 0x202E) || (code >= 0x2066 && code <= 0x2069);
  const bool no_character = (code & 0xFFFE) == 0xFFFE || (code >= 0xFDD0 && code <= 0xFDEF);
  return !control && !direction && !no_character;
}

}  // namespace

std::string escaped(std::string_view text) {
  std::string html;
  while (!text.empty()) {
    const Character character = first_character(text);
    const std::string_view bytes = text.substr(0, character.bytes);
    text.remove_prefix(character.bytes == 0 ? 1 : character.bytes);
    if (character.bytes == 0 || !is_shown(character.code)) {
      html += replacement;
    } else if (bytes == "&") {
      html += "&amp;";
    } else if (bytes == "<") {
      html += "&lt;";
    } else if (bytes == ">") {
      html += "&gt;";
    } else if (bytes == "\"") {
      html += "&quot;";
    } else if (bytes == "'") {
      html += "&#39;";
    } else {
      html += bytes;
    }
  }
  return html;
}

std::string shortened(std::string_view text, size_t most) {
  size_t end_of_kept = 0, position = 0;
  for (size_t count = 0; position < text.size(); ++count) {
    if (count + 1 == most) end_of_kept = position;
    if (count == most) return std::string(text.substr(0, end_of_kept)) + "…";
    const size_t bytes = first_character(text.substr(position)).bytes;
    position += bytes == 0 ? 1 : bytes;
  }
  return std::string(text);
}

std::string name_html(std::string_view name, size_t most) {
  constexpr size_t most_in_title = 200;
  const std::string shown = shortened(name, most);
  if (shown == name) return fmt::format("<bdi>{}</bdi>", escaped(name));
  return fmt::format("<bdi title=\"{}\">{}</bdi>", escaped(shortened(name, most_in_title)),
                     escaped(shown));
}

}  // namespace retort
