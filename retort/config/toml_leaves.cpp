#include <fmt/format.h>

#include <algorithm>

#include "retort/config/toml_document.hpp"
#include "retort/config/value_words.hpp"

namespace retort {
namespace {

// A value as TOML; empty for what is a date or time.
std::string toml_source(const toml::node& node) {
  if (const auto* text = node.as_string()) return toml_value(text->get());
  std::vector<std::string> items;
  if (const toml::array* array = node.as_array()) {
    for (const toml::node& item : *array) items.push_back(toml_source(item));
    return "[" + join(items) + "]";
  }
  if (const toml::table* table = node.as_table()) {
    for (const auto& [key, value] : *table) {
      items.push_back(fmt::format("{} = {}", toml_key(std::string(key.str())), toml_source(value)));
    }
    return items.empty() ? "{}" : "{ " + join(items) + " }";
  }
  const bool known = node.is_integer() || node.is_floating_point() || node.is_boolean();
  return known ? value_text(node) : "";
}

void gather(const toml::node& node, const std::string& path, std::vector<TomlLeaf>& leaves) {
  if (const toml::table* table = node.as_table()) {
    for (const auto& [key, value] : *table) gather(value, joined_path(path, key.str()), leaves);
    return;
  }
  TomlLeaf leaf{.path = path, .value = toml_source(node), .items = std::nullopt};
  if (const toml::array* array = node.as_array()) {
    leaf.items.emplace();
    for (const toml::node& item : *array) leaf.items->push_back(toml_source(item));
  }
  leaves.push_back(std::move(leaf));
}

}  // namespace

std::optional<std::vector<TomlLeaf>> leaves_of(const TomlFile& file, std::string_view table) {
  const std::vector<std::string> parts = path_parts(table);
  const FoundNode found = find_node(file.document().root, parts);
  if (found.depth < parts.size()) return std::nullopt;
  if (!found.node->is_table()) {
    throw Error(ExitCode::usage, fmt::format("{}: {}: wanted a table, got {}", file.where(table),
                                             table, value_text(*found.node)));
  }
  std::vector<TomlLeaf> leaves;
  gather(*found.node, "", leaves);
  const auto place = [&](const TomlLeaf& leaf) {
    return place_of(file.document(), joined_path(std::string(table), leaf.path));
  };
  for (const TomlLeaf& leaf : leaves) {
    const std::vector<std::string> items = leaf.items.value_or(std::vector{leaf.value});
    if (std::count(items.begin(), items.end(), "") == 0) continue;
    const std::string path = joined_path(std::string(table), leaf.path);
    throw Error(ExitCode::usage,
                fmt::format("{}: {}: no field is a date or time", file.where(path), path));
  }
  std::stable_sort(leaves.begin(), leaves.end(),
                   [&](const TomlLeaf& a, const TomlLeaf& b) { return place(a) < place(b); });
  return leaves;
}

std::vector<std::string> tables_in(const TomlFile& file, std::string_view table) {
  const std::vector<std::string> parts = path_parts(table);
  const FoundNode found = find_node(file.document().root, parts);
  std::vector<std::pair<TomlPlace, std::string>> placed;
  if (found.depth == parts.size() && found.node->is_table()) {
    for (const auto& [key, value] : *found.node->as_table()) {
      const std::string path = joined_path(std::string(table), key.str());
      if (value.is_table()) placed.emplace_back(place_of(file.document(), path), key.str());
    }
  }
  std::sort(placed.begin(), placed.end());
  std::vector<std::string> names;
  for (auto& [place, name] : placed) names.push_back(std::move(name));
  return names;
}

}  // namespace retort
