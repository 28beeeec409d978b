#pragma once

#define TOML_HEADER_ONLY 1
#include <toml++/toml.h>

#include <compare>
#include <string>
#include <string_view>
#include <vector>

#include "retort/config/toml.hpp"

namespace retort {

/// A field that set() has changed.
struct Override {
  std::string assignment;  // what set() was given
  std::string place;       // how messages name where it was given
  std::string path;        // dotted, items of lists by their numbers
};

/// What a TomlFile holds; toml++ stays inside this room.
struct TomlFile::Document {
  std::string text;                 // as it was read: copies of toml++ lose their lines
  std::vector<Override> overrides;  // in their order
  toml::table root;                 // the text with the overrides on top
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

/// The item of a list of tables whose `term` or `kind` is this word, or -1 where not exactly one
/// is.
int64_t index_of_kind(const toml::array& array, std::string_view kind);
std::vector<std::string> kinds_in(const toml::array& array);

/// A value as a message shows it: 3, "many", a table.
std::string value_text(const toml::node& node);

}  // namespace retort
