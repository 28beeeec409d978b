#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <optional>

#include "retort/base/error.hpp"
#include "retort/config/toml_document.hpp"

namespace retort {
namespace {

std::optional<bool> as(const toml::node& node, bool) {
  return node.value_exact<bool>();
}
std::optional<int64_t> as(const toml::node& node, int64_t) {
  return node.value_exact<int64_t>();
}
std::optional<double> as(const toml::node& node, double) {
  if (node.is_integer()) return static_cast<double>(*node.value_exact<int64_t>());
  const std::optional<double> number = node.value_exact<double>();
  return number && std::isfinite(*number) ? number : std::nullopt;
}
std::optional<std::string> as(const toml::node& node, const std::string&) {
  return node.value_exact<std::string>();
}

std::string wanted(bool) {
  return "true or false";
}
std::string wanted(int64_t) {
  return "an integer";
}
std::string wanted(double) {
  return "a number";
}
std::string wanted(const std::string&) {
  return "a text";
}

// A choice of which two words are true and false, as TOML spells them without quotes.
bool has_boolean_words(const Field& field) {
  return std::find(field.choices.begin(), field.choices.end(), "true") != field.choices.end();
}

bool in_range(const Field& field, int64_t value) {
  return field.range.holds(static_cast<double>(value));
}
bool in_range(const Field& field, double value) {
  return field.range.holds(value);
}
template <class T>
bool in_range(const Field&, const T&) {
  return true;
}

// A value as a message shows it: long ones are cut, but not inside a character.
std::string shown(const toml::node& node) {
  constexpr size_t most = 80;
  std::string text = value_text(node);
  if (text.size() <= most) return text;
  size_t end = most;
  while ((static_cast<unsigned char>(text[end]) & 0xc0) == 0x80) --end;
  return text.substr(0, end) + "...";
}

// Fills settings from a document and gathers what is wrong, with the line it stands in.
class Reader : public FieldVisitor {
 public:
  explicit Reader(const TomlFile& file) : file_(file) {
    scopes_.push_back(
        {.table = &file.document().root, .path = "", .known = {}, .other = {}, .checked = true});
  }

  void visit(const Field& field, bool& value) override { read(field, value); }
  void visit(const Field& field, int64_t& value) override { read(field, value); }
  void visit(const Field& field, double& value) override { read(field, value); }
  void visit(const Field& field, std::string& value) override { read(field, value); }
  void visit(const Field& field, std::vector<int64_t>& value) override { read_list(field, value); }
  void visit(const Field& field, std::vector<double>& value) override { read_list(field, value); }
  void visit(const Field& field, std::vector<std::string>& value) override {
    read_list(field, value);
  }

  // A key of the whole file that others read.
  void leave_out(const std::string& key) { scopes_.front().known.push_back(key); }

  std::vector<std::string> problems() {
    leave();
    std::stable_sort(problems_.begin(), problems_.end(),
                     [](const Problem& a, const Problem& b) { return a.place < b.place; });
    std::vector<std::string> lines;
    for (Problem& problem : problems_) lines.push_back(std::move(problem.text));
    return lines;
  }

 protected:
  void enter_table(const Field& field, const Walk& walk) override {
    const toml::node* node = take(field);
    if (node != nullptr && !node->is_table()) {
      add(path_of(field), fmt::format("wanted a table, got {}", shown(*node)));
      node = nullptr;
    }
    enter(node != nullptr ? node->as_table() : nullptr, path_of(field), walk);
  }

  std::vector<std::string> table_names(const Field& field, std::vector<std::string>) override {
    const toml::node* node = take(field);
    if (node == nullptr) return {};
    const toml::table* table = node->as_table();
    if (table == nullptr) {
      add(path_of(field), fmt::format("wanted tables [{}.NAME], got {}", field.name, shown(*node)));
      return {};
    }
    std::vector<std::pair<TomlPlace, std::string>> places;
    for (const auto& [key, value] : *table) {
      const std::string path = joined_path(path_of(field), key.str());
      places.emplace_back(place_of(file_.document(), path), key.str());
    }
    std::sort(places.begin(), places.end());
    std::vector<std::string> names;
    for (auto& [place, name] : places) names.push_back(std::move(name));
    return names;
  }

  void enter_named_table(const Field& field, const std::string& name, const Walk& walk) override {
    const toml::node* node = here().table->get(field.name)->as_table()->get(name);
    const std::string path = joined_path(path_of(field), name);
    if (!node->is_table()) add(path, fmt::format("wanted a table, got {}", shown(*node)));
    enter(node->as_table(), path, walk);
  }

  size_t list_size(const Field& field, size_t now) override {
    const toml::node* node = take(field);
    if (node == nullptr) return now;
    if (const toml::array* array = node->as_array()) return array->size();
    add(path_of(field), fmt::format("wanted a list of tables, got {}", shown(*node)));
    return 0;
  }

  void enter_list_item(const Field& field, size_t index, const Walk& walk) override {
    const toml::node* node = here().table != nullptr ? here().table->get(field.name) : nullptr;
    if (node == nullptr) {  // the default's own items
      enter(nullptr, path_of(field), walk);
      return;
    }
    const toml::node* item = node->as_array()->get(index);
    const std::string path = joined_path(path_of(field), std::to_string(index));
    if (!item->is_table()) add(path, fmt::format("wanted a table, got {}", shown(*item)));
    enter(item->as_table(), path, walk);
  }

  std::string choose(const Field& field, const std::string& now) override {
    std::string kind = now;
    const size_t problems_before = problems_.size();
    read(field, kind);
    if (problems_.size() == problems_before) return kind;
    here().checked = false;  // whose keys are they?
    return "";               // no kind: nothing is entered
  }

  void enter_kind(std::string_view, std::string_view, const Walk& walk) override { walk(); }

  // Nothing of it is read: only its fields' names are of interest.
  void enter_other_kind(const Field& field, std::string_view kind, const Walk& walk) override {
    scopes_.push_back({.table = nullptr, .path = "", .known = {}, .other = {}, .checked = false});
    walk();
    const std::vector<std::string> names = std::move(here().known);
    scopes_.pop_back();
    for (const std::string& name : names) {
      here().other.emplace_back(name, fmt::format("{} = \"{}\"", field.name, kind));
    }
  }

 private:
  struct Scope {
    const toml::table* table;  // null: not written down
    std::string path;
    std::vector<std::string> known;
    std::vector<std::pair<std::string, std::string>> other;  // fields of other kinds, and of which
    bool checked;                                            // unknown keys are problems
  };
  struct Problem {
    TomlPlace place;
    std::string text;
  };

  Scope& here() { return scopes_.back(); }
  std::string path_of(const Field& field) { return joined_path(here().path, field.name); }

  void add(const std::string& path, const std::string& what) {
    problems_.push_back({place_of(file_.document(), path),
                         fmt::format("{}: {}: {}", file_.where(path), printable(path), what)});
  }

  // The value of a field in this table, or null; remembers that the name is known.
  const toml::node* take(const Field& field) {
    here().known.emplace_back(field.name);
    const toml::node* node = here().table != nullptr ? here().table->get(field.name) : nullptr;
    if (node == nullptr && field.required && here().table != nullptr) {
      add(path_of(field), fmt::format("is required ({})", field.help));
    }
    return node;
  }

  void enter(const toml::table* table, const std::string& path, const Walk& walk) {
    scopes_.push_back({.table = table, .path = path, .known = {}, .other = {}, .checked = true});
    walk();
    leave();
  }

  void leave() {
    const Scope scope = std::move(scopes_.back());
    scopes_.pop_back();
    if (scope.table == nullptr || !scope.checked) return;
    for (const auto& [key, value] : *scope.table) {
      const std::string name(key.str());
      if (std::find(scope.known.begin(), scope.known.end(), name) != scope.known.end()) continue;
      std::vector<std::string> kinds;
      for (const auto& [other, kind] : scope.other) {
        if (other == name) kinds.push_back(kind);
      }
      const std::string what =
          kinds.empty() ? "unknown key" : "is read with " + join(kinds, " or ");
      add(joined_path(scope.path, name), what + suggest(name, scope.known));
    }
  }

  template <class T>
  std::optional<T> checked(const Field& field, const toml::node& node, const std::string& path) {
    std::optional<T> value = as(node, T{});
    if constexpr (std::is_same_v<T, std::string>) {
      if (node.is_boolean() && has_boolean_words(field)) value = value_text(node);
    }
    const std::string range = std::is_arithmetic_v<T> ? field.range.text() : "";
    if (!value || !in_range(field, *value)) {
      add(path, fmt::format("wanted {}{}{}, got {}", wanted(T{}), range.empty() ? "" : " ", range,
                            shown(node)));
      return std::nullopt;
    }
    if constexpr (std::is_same_v<T, std::string>) {
      const auto& words = field.choices;
      if (!words.empty() && std::find(words.begin(), words.end(), *value) == words.end()) {
        add(path, fmt::format("there is no \"{}\"{}", printable(*value), suggest(*value, words)));
        return std::nullopt;
      }
    }
    return value;
  }

  template <class T>
  void read(const Field& field, T& value) {
    const toml::node* node = take(field);
    if (node == nullptr) return;
    if (const std::optional<T> got = checked<T>(field, *node, path_of(field))) value = *got;
  }

  template <class T>
  void read_list(const Field& field, std::vector<T>& values) {
    const toml::node* node = take(field);
    if (node == nullptr) return;
    const toml::array* array = node->as_array();
    if (array == nullptr) {
      add(path_of(field), fmt::format("wanted a list, each {}, got {}", wanted(T{}), shown(*node)));
      return;
    }
    values.clear();
    for (size_t i = 0; i < array->size(); ++i) {
      const std::string path = joined_path(path_of(field), std::to_string(i));
      if (const auto got = checked<T>(field, *array->get(i), path)) values.push_back(*got);
    }
  }

  const TomlFile& file_;
  std::vector<Scope> scopes_;
  std::vector<Problem> problems_;
};

}  // namespace

std::vector<std::string> read_fields(const TomlFile& file,
                                     const std::function<void(FieldVisitor&)>& describe,
                                     const std::string& elsewhere) {
  Reader reader(file);
  describe(reader);
  if (!elsewhere.empty()) reader.leave_out(elsewhere);
  return reader.problems();
}

}  // namespace retort
