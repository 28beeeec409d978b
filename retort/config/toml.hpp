#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "retort/base/file.hpp"
#include "retort/config/field.hpp"

namespace retort {

/// A TOML file with the user's overrides on top: syntax is checked, the meaning is not yet.
class TomlFile {
 public:
  /// Throws Error (usage): "file:line:column: what is wrong" when it is missing or no TOML.
  static TomlFile read(const Path& path);
  static TomlFile parse(std::string_view text, const std::string& name);

  /// "student.train.epochs=3": the value is TOML; what is no TOML value is taken as text. A number
  /// picks from a list: "objective.1.temperature=8" is the second; so does the `term` or `kind` of
  /// an item that is the only one of its kind: "objective.distillation.temperature=8". Tables on
  /// the way are made; a list is not lengthened. `place` is where messages say that this stands;
  /// else they say --set. Throws Error (usage) when there is no '=' or the way is no table.
  void set(std::string_view assignment, const std::string& place = "");

  const std::string& name() const { return name_; }
  /// "file:line" of a value by its dotted path (of its nearest table where it is not written down;
  /// "--set student.train.epochs" where an override gave it).
  std::string where(std::string_view dotted_path) const;

  struct Document;
  const Document& document() const { return *document_; }

 private:
  std::string name_;
  std::shared_ptr<Document> document_;
};

/// A value in a table or in the tables in it.
struct TomlLeaf {
  std::string path;                               // dotted, below the table that was asked for
  std::string value;                              // as TOML
  std::optional<std::vector<std::string>> items;  // of a list, each as TOML
};
/// All values below a table, in the order of the file; a list of tables is one value. Nothing where
/// there is no such table. Throws Error (usage) where the path leads to something else, or a value
/// is a date or time.
std::optional<std::vector<TomlLeaf>> leaves_of(const TomlFile& file, std::string_view table);

/// The names of the tables in a table, in the order of the file; none where there is no such table.
std::vector<std::string> tables_in(const TomlFile& file, std::string_view table);

/// One line for each thing that is wrong, in the order of the file: an unknown key (with the
/// nearest name), a wrong type, a number out of its range, an unknown word, a missing required
/// field. A table of the name `elsewhere` is read by others.
std::vector<std::string> read_fields(const TomlFile& file,
                                     const std::function<void(FieldVisitor&)>& describe,
                                     const std::string& elsewhere = "");

/// Fills settings from a file. Throws Error (usage) that lists everything that is wrong, one line
/// each.
template <class Settings>
Settings read_settings(const TomlFile& file);

[[noreturn]] void throw_problems(const std::vector<std::string>& problems);

template <class Settings>
Settings read_settings(const TomlFile& file) {
  Settings settings;
  const std::vector<std::string> problems =
      read_fields(file, [&](FieldVisitor& visitor) { settings.describe(visitor); });
  if (!problems.empty()) throw_problems(problems);
  return settings;
}

/// The settings as TOML with every field spelt out: what is written into a run. Reading it back
/// gives the same settings.
std::string toml_text(const std::function<void(FieldVisitor&)>& describe);

template <class Settings>
std::string settings_text(Settings settings) {
  return toml_text([&](FieldVisitor& visitor) { settings.describe(visitor); });
}

/// One field of the documentation.
struct FieldRow {
  std::string path;      // "student.train.epochs", "teacher.NAME.seed", "objective[].weight"
  std::string kind;      // which kind of table it belongs to: "term = distillation", or ""
  std::string type;      // "number", "integer", "text", "true or false", "list of integers", ...
  std::string fallback;  // default as TOML; "required" where there is none
  std::string range;     // "> 0", "a | b | c", or ""
  std::string help;
};
/// Every field, every kind of every choice once.
std::vector<FieldRow> field_rows(const std::function<void(FieldVisitor&)>& describe);

/// Dotted paths whose values differ between two resolved texts, as "path: a -> b".
std::vector<std::string> differences(const TomlFile& before, const TomlFile& after);

}  // namespace retort
