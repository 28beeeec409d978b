#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace retort {

/// Values as TOML spells them.
std::string toml_value(bool value);
std::string toml_value(int64_t value);
std::string toml_value(double value);
std::string toml_value(const std::string& value);
template <class T>
std::string toml_value(const std::vector<T>& values) {
  std::string text;
  for (const T& value : values) text += (text.empty() ? "" : ", ") + toml_value(value);
  return "[" + text + "]";
}

/// A key, in quotes where it needs them.
std::string toml_key(const std::string& key);

}  // namespace retort
