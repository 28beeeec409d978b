#include "retort/config/value_words.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>

namespace retort {

std::string toml_value(bool value) {
  return value ? "true" : "false";
}

std::string toml_value(int64_t value) {
  return std::to_string(value);
}

std::string toml_value(double value) {
  const std::string text = fmt::format("{}", value);
  const bool like_an_integer = text.find_first_not_of("-0123456789") == std::string::npos;
  return like_an_integer ? text + ".0" : text;
}

std::string toml_value(const std::string& value) {
  std::string text = "\"";
  for (const char c : value) {
    if (c == '"' || c == '\\') {
      text += {'\\', c};
    } else if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) {
      text += fmt::format("\\u{:04x}", static_cast<unsigned char>(c));
    } else {
      text += c;
    }
  }
  return text + "\"";
}

std::string toml_key(const std::string& key) {
  const auto bare = [](unsigned char c) { return std::isalnum(c) || c == '-' || c == '_'; };
  return !key.empty() && std::all_of(key.begin(), key.end(), bare) ? key : toml_value(key);
}

}  // namespace retort
