#include <fmt/format.h>

#include "retort/base/error.hpp"
#include "retort/config/document.hpp"

namespace retort {
namespace {

class Documentation : public FieldVisitor {
 public:
  std::vector<FieldRow> rows(const std::function<void(FieldVisitor&)>& describe) {
    describe(*this);
    return std::move(rows_);
  }

  void visit(const Field& field, bool& value) override {
    add(field, "true or false", toml_value({.value = value}));
  }
  void visit(const Field& field, int64_t& value) override {
    add(field, "integer", toml_value({.value = value}));
  }
  void visit(const Field& field, double& value) override {
    add(field, "number", toml_value({.value = value}));
  }
  void visit(const Field& field, std::string& value) override {
    add(field, "text", toml_value({.value = value}));
  }
  void visit(const Field& field, std::vector<int64_t>& value) override {
    add(field, "list of integers", toml_value(toml_list(value)));
  }
  void visit(const Field& field, std::vector<double>& value) override {
    add(field, "list of numbers", toml_value(toml_list(value)));
  }
  void visit(const Field& field, std::vector<std::string>& value) override {
    add(field, "list of texts", toml_value(toml_list(value)));
  }

 protected:
  void enter_table(const Field& field, const Walk& walk) override {
    add(field, "table", "");
    walk_below(path_of(field.name), walk);
  }

  std::vector<std::string> table_names(const Field& field, std::vector<std::string>) override {
    add(field, "named tables", "");
    return {"NAME"};
  }

  void enter_named_table(const Field& field, const std::string& name, const Walk& walk) override {
    walk_below(fmt::format("{}.{}", path_of(field.name), name), walk);
  }

  size_t list_size(const Field& field, size_t) override {
    add(field, "list of tables", "[]");
    return 1;
  }

  void enter_list_item(const Field& field, size_t, const Walk& walk) override {
    walk_below(path_of(field.name) + "[]", walk);
  }

  std::string choose(const Field& field, const std::string& now) override {
    add(field, "text", toml_quoted(now));
    choice_ = field.name;
    return now;
  }

  void enter_kind(std::string_view kind, std::string_view, const Walk& walk) override {
    const std::string before = kind_;
    const std::string choice = choice_;
    kind_ = fmt::format("{}{}{} = {}", kind_, kind_.empty() ? "" : ", ", choice, kind);
    walk();
    kind_ = before;
    choice_ = choice;
  }

  bool wants_every_kind() const override { return true; }

 private:
  std::string path_of(std::string_view name) const {
    return path_.empty() ? std::string(name) : fmt::format("{}.{}", path_, name);
  }

  void add(const Field& field, const char* type, const std::string& fallback) {
    rows_.push_back(
        {.path = path_of(field.name),
         .kind = kind_,
         .type = type,
         .fallback = field.required ? "required" : fallback,
         .range = field.choices.empty() ? field.range.text() : join(field.choices, " | "),
         .help = std::string(field.help)});
  }

  void walk_below(const std::string& path, const Walk& walk) {
    const std::string before = std::exchange(path_, path);
    walk();
    path_ = before;
  }

  std::string path_;
  std::string kind_;    // "term = distillation"
  std::string choice_;  // the field whose kinds are walked
  std::vector<FieldRow> rows_;
};

}  // namespace

std::vector<FieldRow> field_rows(const std::function<void(FieldVisitor&)>& describe) {
  return Documentation().rows(describe);
}

}  // namespace retort
