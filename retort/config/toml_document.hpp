#pragma once

#define TOML_HEADER_ONLY 1
#include <toml++/toml.h>

#include <compare>
#include <string>
#include <string_view>
#include <vector>

#include "retort/config/toml.hpp"

namespace retort {

/// What a TomlFile holds; toml++ stays inside this room.
struct TomlFile::Document {
  std::string text;                      // as it was read: copies of toml++ lose their lines
  std::vector<std::string> assignments;  // what set() was given
  std::vector<std::string> overridden;   // their dotted paths
  toml::table root;                      // the text with the assignments on top
};

/// Places sort in the order of the file; overrides come behind it, in their own order.
struct TomlPlace {
  size_t override_number;  // counted from 1; 0: the file
  uint32_t line, column;   // 0: the whole file
  auto operator<=>(const TomlPlace&) const = default;
};
TomlPlace place_of(const TomlFile::Document& document, std::string_view dotted_path);

/// The parts of "a.b.0" between its dots.
std::vector<std::string> path_parts(std::string_view dotted_path);

/// "a.b": the name of a value in a table.
std::string joined_path(const std::string& table, std::string_view name);

/// The node at a path, and how many parts of the path there are nodes for.
struct FoundNode {
  const toml::node* node;
  size_t depth;
};
FoundNode find_node(const toml::table& root, const std::vector<std::string>& parts);

/// A value as a message shows it: 3, "many", a table.
std::string value_text(const toml::node& node);

}  // namespace retort
