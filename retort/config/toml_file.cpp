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
  std::string name;   // the key, or the number in the list
};

// The child that the path from `first` on begins with. The longest key wins: names of the user's
// choice may have dots.
Step step(toml::node& parent, const std::vector<std::string>& parts, size_t first) {
  Step best{nullptr, 0, ""};
  if (toml::table* table = parent.as_table()) {
    std::string key;
    for (size_t i = first; i < parts.size(); ++i) {
      key = joined_path(key, parts[i]);
      if (toml::node* found = table->get(key)) best = {found, i - first + 1, key};
    }
  } else if (toml::array* array = parent.as_array()) {
    const int64_t number = index_of(parts[first]);
    const int64_t index = number >= 0 ? number : index_of_kind(*array, parts[first]);
    if (index >= 0) best = {array->get(static_cast<size_t>(index)), 1, std::to_string(index)};
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

// Why a path leads nowhere at its part `depth`.
std::string no_way(const toml::node& parent, const std::vector<std::string>& parts, size_t depth) {
  std::string text = fmt::format("there is no '{}' to change", printable(join(parts, ".")));
  const toml::array* array = parent.as_array();
  if (array == nullptr || index_of(parts[depth]) >= 0) return text;
  const std::vector<std::string> kinds = kinds_in(*array);
  if (std::count(kinds.begin(), kinds.end(), parts[depth]) > 1) {
    return fmt::format("there are several '{}'; pick one by its number, the first is 0",
                       printable(parts[depth]));
  }
  return text + suggest(parts[depth], kinds);
}

// Puts a value where a path says; tables on the way are made. Returns the path by keys and numbers.
std::string assign(toml::table& root, const std::vector<std::string>& parts, toml::node&& value,
                   const std::string& shown) {
  toml::node* parent = &root;
  size_t depth = 0;
  std::string path;
  while (true) {
    Step next = step(*parent, parts, depth);
    const bool last = depth + std::max<size_t>(next.parts, 1) == parts.size();
    if (last) break;
    if (next.child == nullptr && parent->is_table()) {
      next = {&parent->as_table()->emplace<toml::table>(parts[depth]).first->second, 1,
              parts[depth]};
    }
    if (next.child == nullptr) fail(shown, no_way(*parent, parts, depth));
    parent = next.child;
    depth += next.parts;
    path = joined_path(path, next.name);
  }
  if (toml::table* table = parent->as_table()) {
    const std::vector<std::string> key(parts.begin() + static_cast<int64_t>(depth), parts.end());
    table->insert_or_assign(join(key, "."), std::move(value));
    return joined_path(path, join(key, "."));
  }
  const Step item = step(*parent, parts, depth);
  if (item.child == nullptr) fail(shown, no_way(*parent, parts, depth));
  if (item.child->is_table()) fail(shown, "is a table; change one of its fields");
  toml::array& array = *parent->as_array();
  array.replace(array.begin() + index_of(item.name), std::move(value));
  return joined_path(path, item.name);
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

int64_t index_of_kind(const toml::array& array, std::string_view kind) {
  const std::vector<std::string> kinds = kinds_in(array);
  const auto found = std::find(kinds.begin(), kinds.end(), kind);
  const bool only = !kind.empty() && std::count(kinds.begin(), kinds.end(), kind) == 1;
  return only ? found - kinds.begin() : -1;
}

std::vector<std::string> kinds_in(const toml::array& array) {
  std::vector<std::string> kinds;
  for (const toml::node& item : array) {
    const toml::table* table = item.as_table();
    std::string kind;
    for (const char* key : {"term", "kind"}) {
      const toml::node* word = table != nullptr ? table->get(key) : nullptr;
      if (word != nullptr && word->is_string()) kind = word->as_string()->get();
    }
    kinds.push_back(kind);
  }
  return kinds;
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
  file.document_ = std::make_shared<Document>(Document{std::string(text), {}, parsed(text, name)});
  return file;
}

void TomlFile::set(std::string_view assignment, const std::string& place) {
  const auto changed = std::make_shared<Document>(
      Document{document_->text, document_->overrides, parsed(document_->text, name_)});
  changed->overrides.push_back({std::string(assignment), place, ""});
  for (Override& each : changed->overrides) {
    const std::string shown = fmt::format("{} {}", each.place.empty() ? "--set" : each.place + ":",
                                          printable(each.assignment));
    const size_t equals = each.assignment.find('=');
    const std::string path = without_blanks(each.assignment.substr(0, equals));
    const std::vector<std::string> parts = path_parts(path);
    if (equals == std::string::npos || std::count(parts.begin(), parts.end(), "") > 0) {
      fail(shown, "wanted FIELD=VALUE");
    }
    refuse_long_names(path, shown);
    toml::table value = as_value(each.assignment.substr(equals + 1), shown);
    each.path = assign(changed->root, parts, std::move(*value.get("value")), shown);
    if (each.place.empty()) each.place = "--set " + printable(path);
  }
  document_ = changed;
}

TomlPlace place_of(const TomlFile::Document& document, std::string_view dotted_path) {
  const std::vector<Override>& overrides = document.overrides;
  for (size_t i = overrides.size(); i > 0; --i) {
    const std::string& path = overrides[i - 1].path;
    if (dotted_path == path || dotted_path.starts_with(path + ".")) return {i, 0, 0};
  }
  std::vector<std::string> parts = path_parts(dotted_path);
  const FoundNode found = find_node(document.root, parts);
  if (found.depth == 0) return {0, 0, 0};
  const toml::source_position& place = found.node->source().begin;
  parts.resize(found.depth);
  const std::string table = join(parts, ".") + ".";
  for (size_t i = 0; i < overrides.size() && place.line == 0; ++i) {  // one made the table
    if (overrides[i].path.starts_with(table)) return {i + 1, 0, 0};
  }
  return {0, place.line, place.column};
}

std::string TomlFile::where(std::string_view dotted_path) const {
  const TomlPlace place = place_of(*document_, dotted_path);
  if (place.override_number > 0) return document_->overrides[place.override_number - 1].place;
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
