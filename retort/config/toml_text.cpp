#include <fmt/format.h>

#include <cmath>

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
  // Infinite is a bound that is not set; a file says that by saying nothing.
  void visit(const Field& field, double& value) override {
    if (!std::isinf(value)) write(field, value);
  }
  void visit(const Field& field, std::string& value) override { write(field, value); }
  void visit(const Field& field, std::vector<int64_t>& value) override { write(field, value); }
  void visit(const Field& field, std::vector<double>& value) override { write(field, value); }
  void visit(const Field& field, std::vector<std::string>& value) override { write(field, value); }

  std::string text() const {
    const std::string text = scopes_.front().values + scopes_.front().tables;
    return text.starts_with('\n') ? text.substr(1) : text;
  }

 protected:
  void enter_table(const Field& field, const Walk& walk) override {
    const Scope scope = walked(std::string(field.name), walk);
    // A table that holds nothing but tables needs no heading.
    const bool bare = scope.values.empty() && !scope.tables.empty();
    add(bare ? "" : fmt::format("\n[{}]\n", scope.path), scope);
  }
  std::vector<std::string> table_names(const Field&, std::vector<std::string> now) override {
    return now;
  }
  void enter_named_table(const Field& field, const std::string& name, const Walk& walk) override {
    const Scope scope = walked(fmt::format("{}.{}", field.name, toml_key(name)), walk);
    add(fmt::format("\n[{}]\n", scope.path), scope);
  }
  size_t list_size(const Field& field, size_t now) override {
    if (now == 0) write(field, std::vector<int64_t>{});
    return now;
  }
  void enter_list_item(const Field& field, size_t, const Walk& walk) override {
    const Scope scope = walked(std::string(field.name), walk);
    add(fmt::format("\n[[{}]]\n", scope.path), scope);
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

  Scope walked(const std::string& name, const Walk& walk) {
    const std::string& parent = scopes_.back().path;
    scopes_.push_back({parent.empty() ? name : parent + "." + name, "", ""});
    walk();
    Scope scope = std::move(scopes_.back());
    scopes_.pop_back();
    return scope;
  }

  void add(const std::string& heading, const Scope& scope) {
    scopes_.back().tables += heading + scope.values + scope.tables;
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
