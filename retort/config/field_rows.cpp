#include <fmt/format.h>

#include "retort/base/error.hpp"
#include "retort/config/toml.hpp"
#include "retort/config/value_words.hpp"

namespace retort {
namespace {

// Lists every field with its default; every kind of every choice once.
class Lister : public FieldVisitor {
 public:
  void visit(const Field& field, bool& value) override { add(field, value, "true or false"); }
  void visit(const Field& field, int64_t& value) override { add(field, value, "integer"); }
  void visit(const Field& field, double& value) override { add(field, value, "number"); }
  void visit(const Field& field, std::string& value) override { add(field, value, "text"); }
  void visit(const Field& field, std::vector<int64_t>& value) override {
    add(field, value, "list of integers");
  }
  void visit(const Field& field, std::vector<double>& value) override {
    add(field, value, "list of numbers");
  }
  void visit(const Field& field, std::vector<std::string>& value) override {
    add(field, value, "list of texts");
  }

  std::vector<FieldRow> rows;

 protected:
  void enter_table(const Field& field, const Walk& walk) override { enter(field, "", walk); }
  std::vector<std::string> table_names(const Field&, std::vector<std::string>) override {
    return {"NAME"};
  }
  void enter_named_table(const Field& field, const std::string& name, const Walk& walk) override {
    enter(field, "." + name, walk);
  }
  size_t list_size(const Field&, size_t) override { return 1; }
  void enter_list_item(const Field& field, size_t, const Walk& walk) override {
    enter(field, "[]", walk);
  }
  std::string choose(const Field& field, const std::string& now) override {
    add(field, now, "text");
    choice_ = field.name;
    return now;
  }
  void enter_kind(std::string_view kind, std::string_view, const Walk& walk) override {
    const std::string outer_kind = kind_;
    const std::string outer_choice = choice_;
    kind_ += fmt::format("{}{} = {}", kind_.empty() ? "" : ", ", choice_, kind);
    walk();
    kind_ = outer_kind;
    choice_ = outer_choice;
  }
  bool wants_every_kind() const override { return true; }

 private:
  template <class T>
  void add(const Field& field, const T& value, const char* type) {
    rows.push_back({path_ + std::string(field.name), kind_, type,
                    field.required ? "required" : toml_value(value),
                    field.choices.empty() ? field.range.text() : join(field.choices, " | "),
                    std::string(field.help)});
  }

  void enter(const Field& field, const std::string& ending, const Walk& walk) {
    const std::string outer_path = path_;
    path_ += std::string(field.name) + ending + ".";
    walk();
    path_ = outer_path;
  }

  std::string path_, kind_, choice_;
};

}  // namespace

std::vector<FieldRow> field_rows(const std::function<void(FieldVisitor&)>& describe) {
  Lister lister;
  describe(lister);
  return lister.rows;
}

}  // namespace retort
