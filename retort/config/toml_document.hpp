#pragma once

#define TOML_HEADER_ONLY 1
#include <toml++/toml.h>

#include <string>
#include <string_view>
#include <vector>

#include "retort/config/toml.hpp"

namespace retort {

/// What a TomlFile holds; toml++ stays inside this room.
struct TomlFile::Document {
  toml::table root;
  std::vector<std::string> overridden;  // dotted paths that set() gave
};

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
