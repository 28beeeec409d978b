#include <fmt/format.h>

#include "retort/config/toml.hpp"
#include "retort/config/value_words.hpp"

namespace retort {
namespace {

// Writes the values of a table first, then the tables in it.
class Writer : public FieldVisitor {
 public:
  Writer() { scopes_.emplace_back(); }

  void visit(const Field& field, bool& value) override { write(field, value); }
  void visit(const Field& field, int64_t& value) override { write(field, value); }
  void visit(const Field& field, double& value) override { write(field, value); }
  void visit(const Field& field, std::string& value) override { write(field, value); }
  void visit(const Field& field, std::vector<int64_t>& value) override { write(field, value); }
  void visit(const Field& field, std::vector<double>& value) override { write(field, value); }
  void visit(const Field& field, std::vector<std::string>& value) override { write(field, value); }

  std::string text() const { return scopes_.front().values + scopes_.front().tables; }

 protected:
  void enter_table(const Field& field, const Walk& walk) override {
    enter(std::string(field.name), false, walk);
  }
  std::vector<std::string> table_names(const Field&, std::vector<std::string> now) override {
    return now;
  }
  void enter_named_table(const Field& field, const std::string& name, const Walk& walk) override {
    enter(fmt::format("{}.{}", field.name, toml_key(name)), false, walk);
  }
  size_t list_size(const Field&, size_t now) override { return now; }
  void enter_list_item(const Field& field, size_t, const Walk& walk) override {
    enter(std::string(field.name), true, walk);
  }
  std::string choose(const Field& field, const std::string& now) override {
    write(field, now);
    return now;
  }
  void enter_kind(std::string_view, std::string_view, const Walk& walk) override { walk(); }

 private:
  struct Scope {
    std::string path, values, tables;
  };

  template <class T>
  void write(const Field& field, const T& value) {
    scopes_.back().values += fmt::format("{} = {}\n", field.name, toml_value(value));
  }

  void enter(const std::string& name, bool list_item, const Walk& walk) {
    const std::string& parent = scopes_.back().path;
    const std::string path = parent.empty() ? name : parent + "." + name;
    scopes_.push_back({path, "", ""});
    walk();
    const Scope scope = std::move(scopes_.back());
    scopes_.pop_back();
    std::string& tables = scopes_.back().tables;
    if (list_item) {
      tables += fmt::format("\n[[{}]]\n", path);
    } else if (!scope.values.empty()) {  // a table that holds nothing but tables needs no heading
      tables += fmt::format("\n[{}]\n", path);
    }
    tables += scope.values + scope.tables;
  }

  std::vector<Scope> scopes_;
};

}  // namespace

std::string toml_text(const std::function<void(FieldVisitor&)>& describe) {
  Writer writer;
  describe(writer);
  return writer.text();
}

}  // namespace retort
