#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <charconv>
#include <map>

#include "retort/base/error.hpp"
#include "retort/config/toml_document.hpp"
#include "retort/config/value_words.hpp"

namespace retort {
namespace {

[[noreturn]] void fail(const std::string& where, const std::string& what) {
  throw Error(ExitCode::usage, fmt::format("{}: {}", where, what));
}

// toml++ takes a table inside a table for each dot of a name, and stack for each table.
void refuse_long_names(std::string_view text, const std::string& name) {
  constexpr size_t most_dots = 64;
  size_t line = 1, dots = 0;
  bool in_word = false, after_word = false;
  for (const char c : text) {
    const bool blank = c == ' ' || c == '\t';
    const bool word = std::isalnum(static_cast<unsigned char>(c)) || c == '_' || c == '-' ||
                      c == '"' || c == '\'';
    const bool dot = c == '.' && (in_word || after_word);
    if (word ? after_word : !blank && !dot) dots = 0;
    if (dot && ++dots > most_dots) {
      fail(fmt::format("{}:{}", printable(name), line),
           fmt::format("wanted at most {} dots in a name", most_dots));
    }
    after_word = blank && (in_word || after_word);
    in_word = word;
    if (c == '\n') ++line;
  }
}

toml::table parsed(std::string_view text, const std::string& name) {
  refuse_long_names(text, name);
  try {
    return toml::parse(text);
  } catch (const toml::parse_error& error) {
    const toml::source_position& place = error.source().begin;
    fail(fmt::format("{}:{}:{}", printable(name), place.line, place.column),
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

struct Step {
  toml::node* child;  // null: there is none
  size_t parts;       // how many of the path name it
};

// The child that the path from `first` on begins with. The longest key wins: names of the user's
// choice may have dots.
Step step(toml::node& parent, const std::vector<std::string>& parts, size_t first) {
  Step best{nullptr, 0};
  if (toml::table* table = parent.as_table()) {
    std::string key;
    for (size_t i = first; i < parts.size(); ++i) {
      key = joined_path(key, parts[i]);
      if (toml::node* found = table->get(key)) best = {found, i - first + 1};
    }
  } else if (toml::array* array = parent.as_array()) {
    const int64_t index = index_of(parts[first]);
    if (index >= 0) best = {array->get(static_cast<size_t>(index)), 1};
  }
  return best;
}

// What stands right of the '=': TOML where it is some, text otherwise.
toml::table as_value(const std::string& text, const std::string& shown) {
  try {
    toml::table table = parsed("value = " + text, "");
    if (table.size() == 1) return table;
  } catch (const Error&) {
  }
  try {
    return toml::parse("value = " + toml_value(text));
  } catch (const toml::parse_error&) {
    fail(shown, "wanted text in UTF-8");
  }
}

// Puts a value where a path says; tables on the way are made.
void assign(toml::table& root, const std::vector<std::string>& parts, toml::node&& value,
            const std::string& shown) {
  const auto fail_to_find = [&] {
    fail(shown, fmt::format("there is no '{}' to change", printable(join(parts, "."))));
  };
  toml::node* parent = &root;
  size_t depth = 0;
  while (true) {
    Step next = step(*parent, parts, depth);
    const bool last = depth + std::max<size_t>(next.parts, 1) == parts.size();
    if (last) break;
    if (next.child == nullptr && parent->is_table()) {
      next = {&parent->as_table()->emplace<toml::table>(parts[depth]).first->second, 1};
    }
    if (next.child == nullptr) fail_to_find();
    parent = next.child;
    depth += next.parts;
  }
  if (toml::table* table = parent->as_table()) {
    const std::vector<std::string> key(parts.begin() + static_cast<int64_t>(depth), parts.end());
    table->insert_or_assign(join(key, "."), std::move(value));
    return;
  }
  const Step item = step(*parent, parts, depth);
  if (item.child == nullptr) fail_to_find();
  if (item.child->is_table()) fail(shown, "is a table; change one of its fields");
  toml::array& array = *parent->as_array();
  array.replace(array.begin() + index_of(parts.back()), std::move(value));
}

std::string without_blanks(const std::string& text) {
  const size_t first = text.find_first_not_of(' ');
  return first == std::string::npos ? ""
                                    : text.substr(first, text.find_last_not_of(' ') - first + 1);
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
  // step() gives what it is given; nothing is changed here.
  auto* node = const_cast<toml::node*>(static_cast<const toml::node*>(&root));
  size_t depth = 0;
  while (depth < parts.size()) {
    const Step next = step(*node, parts, depth);
    if (next.child == nullptr) break;
    node = next.child;
    depth += next.parts;
  }
  return {node, depth};
}

std::string value_text(const toml::node& node) {
  if (node.is_table()) return "a table";
  if (const auto* text = node.as_string()) return fmt::format("\"{}\"", printable(text->get()));
  if (const auto* number = node.as_integer()) return fmt::format("{}", number->get());
  if (const auto* number = node.as_floating_point()) return toml_value(number->get());
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
  file.document_ =
      std::make_shared<Document>(Document{std::string(text), {}, {}, parsed(text, name)});
  return file;
}

void TomlFile::set(std::string_view assignment) {
  const auto changed = std::make_shared<Document>(
      Document{document_->text, document_->assignments, {}, parsed(document_->text, name_)});
  changed->assignments.emplace_back(assignment);
  for (const std::string& each : changed->assignments) {
    const std::string shown = fmt::format("--set {}", printable(each));
    const size_t equals = each.find('=');
    const std::string path = without_blanks(each.substr(0, equals));
    const std::vector<std::string> parts = path_parts(path);
    if (equals == std::string::npos || std::count(parts.begin(), parts.end(), "") > 0) {
      fail(shown, "wanted FIELD=VALUE");
    }
    refuse_long_names(path, shown);
    toml::table value = as_value(each.substr(equals + 1), shown);
    assign(changed->root, parts, std::move(*value.get("value")), shown);
    changed->overridden.push_back(path);
  }
  document_ = changed;
}

TomlPlace place_of(const TomlFile::Document& document, std::string_view dotted_path) {
  const std::vector<std::string>& paths = document.overridden;
  for (size_t i = paths.size(); i > 0; --i) {
    const std::string& path = paths[i - 1];
    if (dotted_path == path || dotted_path.starts_with(path + ".")) return {i, 0, 0};
  }
  std::vector<std::string> parts = path_parts(dotted_path);
  const FoundNode found = find_node(document.root, parts);
  if (found.depth == 0) return {0, 0, 0};
  const toml::source_position& place = found.node->source().begin;
  parts.resize(found.depth);
  const std::string table = join(parts, ".") + ".";
  for (size_t i = 0; i < paths.size() && place.line == 0; ++i) {  // an override made the table
    if (paths[i].starts_with(table)) return {i + 1, 0, 0};
  }
  return {0, place.line, place.column};
}

std::string TomlFile::where(std::string_view dotted_path) const {
  const TomlPlace place = place_of(*document_, dotted_path);
  if (place.override_number > 0) {
    return "--set " + printable(document_->overridden[place.override_number - 1]);
  }
  return printable(place.line == 0 ? name_ : fmt::format("{}:{}", name_, place.line));
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
