#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <map>

#include "retort/base/error.hpp"
#include "retort/config/toml_document.hpp"

namespace retort {
namespace {

[[noreturn]] void fail(const std::string& where, const std::string& what) {
  throw Error(ExitCode::usage, fmt::format("{}: {}", where, what));
}

toml::table parsed(std::string_view text, const std::string& name) {
  try {
    return toml::parse(text);
  } catch (const toml::parse_error& error) {
    fail(fmt::format("{}:{}:{}", name, error.source().begin.line, error.source().begin.column),
         printable(error.description()));
  }
}

// The index that a part of a path is, or -1.
int64_t index_of(const std::string& part) {
  int64_t index = -1;
  const char* end = part.data() + part.size();
  const auto [rest, error] = std::from_chars(part.data(), end, index);
  return error == std::errc() && rest == end ? index : -1;
}

toml::node* child(toml::node& parent, const std::string& part) {
  if (toml::table* table = parent.as_table()) return table->get(part);
  if (toml::array* array = parent.as_array()) {
    const int64_t index = index_of(part);
    return index >= 0 ? array->get(static_cast<size_t>(index)) : nullptr;
  }
  return nullptr;
}

// What stands right of the '=': TOML where it is some, text otherwise.
toml::table as_value(const std::string& text) {
  try {
    toml::table table = toml::parse("value = " + text);
    if (table.size() == 1) return table;
  } catch (const toml::parse_error&) {
  }
  return toml::table{{"value", text}};
}

void flatten(const toml::node& node, const std::string& path,
             std::map<std::string, std::string>& leaves) {
  if (const toml::table* table = node.as_table()) {
    for (const auto& [key, value] : *table) flatten(value, joined_path(path, key.str()), leaves);
  } else if (const toml::array* array = node.as_array(); array && array->is_array_of_tables()) {
    for (size_t i = 0; i < array->size(); ++i) {
      flatten(*array->get(i), joined_path(path, std::to_string(i)), leaves);
    }
  } else {
    leaves[path] = value_text(node);
  }
}

}  // namespace

std::vector<std::string> path_parts(std::string_view dotted_path) {
  std::vector<std::string> parts;
  while (true) {
    const size_t dot = dotted_path.find('.');
    parts.emplace_back(dotted_path.substr(0, dot));
    if (dot == std::string_view::npos) return parts;
    dotted_path.remove_prefix(dot + 1);
  }
}

std::string joined_path(const std::string& table, std::string_view name) {
  return table.empty() ? std::string(name) : fmt::format("{}.{}", table, name);
}

FoundNode find_node(const toml::table& root, const std::vector<std::string>& parts) {
  // child() gives what it is given; nothing is changed here.
  auto* node = const_cast<toml::node*>(static_cast<const toml::node*>(&root));
  size_t depth = 0;
  while (depth < parts.size()) {
    toml::node* next = child(*node, parts[depth]);
    if (next == nullptr) break;
    node = next;
    ++depth;
  }
  return {node, depth};
}

std::string value_text(const toml::node& node) {
  if (node.is_table()) return "a table";
  if (const auto* text = node.as_string()) return fmt::format("\"{}\"", printable(text->get()));
  if (const auto* number = node.as_integer()) return fmt::format("{}", number->get());
  if (const auto* number = node.as_floating_point()) return fmt::format("{}", number->get());
  if (const auto* yes = node.as_boolean()) return yes->get() ? "true" : "false";
  if (const toml::array* array = node.as_array()) {
    std::vector<std::string> items;
    for (const toml::node& item : *array) items.push_back(value_text(item));
    return "[" + join(items) + "]";
  }
  return "a date or time";
}

TomlFile TomlFile::read(const Path& path) {
  constexpr size_t most_bytes = size_t{1} << 24;
  return parse(read_file(path, ExitCode::usage, most_bytes), path.string());
}

TomlFile TomlFile::parse(std::string_view text, const std::string& name) {
  TomlFile file;
  file.name_ = name;
  file.document_ = std::make_shared<Document>(Document{parsed(text, name), {}});
  return file;
}

void TomlFile::set(std::string_view assignment) {
  const std::string shown = fmt::format("--set {}", printable(assignment));
  const size_t equals = assignment.find('=');
  if (equals == std::string_view::npos || equals == 0) fail(shown, "wanted FIELD=VALUE");
  const std::string path(assignment.substr(0, equals));
  const std::vector<std::string> parts = path_parts(path);
  toml::node* node = &document_->root;
  for (size_t i = 0; i + 1 < parts.size(); ++i) {
    if (toml::table* table = node->as_table()) {
      table->emplace<toml::table>(parts[i]);
    }
    node = child(*node, parts[i]);
    if (node == nullptr) fail(shown, fmt::format("there is no '{}' to change", printable(path)));
  }
  toml::table value = as_value(std::string(assignment.substr(equals + 1)));
  if (toml::table* table = node->as_table()) {
    table->insert_or_assign(parts.back(), std::move(*value.get("value")));
  } else if (toml::node* old = child(*node, parts.back())) {
    toml::array& array = *node->as_array();
    const auto position = array.begin() + index_of(parts.back());
    if (old->is_table()) fail(shown, "is a table; change one of its fields");
    array.replace(position, std::move(*value.get("value")));
  } else {
    fail(shown, fmt::format("there is no '{}' to change", printable(path)));
  }
  document_->overridden.push_back(path);
}

std::string TomlFile::where(std::string_view dotted_path) const {
  for (const std::string& path : document_->overridden) {
    if (dotted_path == path || dotted_path.starts_with(path + ".")) return "--set " + path;
  }
  const FoundNode found = find_node(document_->root, path_parts(dotted_path));
  const auto line = found.depth == 0 ? 0 : found.node->source().begin.line;
  return line == 0 ? name_ : fmt::format("{}:{}", name_, line);
}

std::vector<std::string> differences(const TomlFile& before, const TomlFile& after) {
  std::map<std::string, std::string> old_leaves, new_leaves;
  flatten(before.document().root, "", old_leaves);
  flatten(after.document().root, "", new_leaves);
  std::vector<std::string> lines;
  for (const auto& [path, value] : old_leaves) {
    const auto other = new_leaves.find(path);
    const std::string now = other == new_leaves.end() ? "nothing" : other->second;
    if (now != value) lines.push_back(fmt::format("{}: {} -> {}", printable(path), value, now));
  }
  for (const auto& [path, value] : new_leaves) {
    if (old_leaves.count(path) == 0) {
      lines.push_back(fmt::format("{}: nothing -> {}", printable(path), value));
    }
  }
  return lines;
}

void throw_problems(const std::vector<std::string>& problems) {
  throw Error(ExitCode::usage, join(problems, "\n"));
}

}  // namespace retort
