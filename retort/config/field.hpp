#pragma once

#include <cstdint>
#include <functional>
#include <limits>
#include <map>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>
#include <variant>
#include <vector>

namespace retort {

/// Which numbers a field takes; the text of an error and of the docs is made from it.
struct Range {
  double least = -std::numeric_limits<double>::infinity();
  double most = std::numeric_limits<double>::infinity();
  bool least_included = true;

  static Range any() { return {}; }
  static Range at_least(double least) { return {.least = least}; }
  static Range above(double least) { return {.least = least, .least_included = false}; }
  static Range between(double least, double most) { return {.least = least, .most = most}; }

  bool holds(double value) const;
  /// "> 0", ">= 1", "0 .. 1" or "" when anything goes.
  std::string text() const;
};

/// What is said of a field, once. Its default is the value that a default-constructed struct holds.
struct Field {
  std::string_view name;
  std::string_view help;
  Range range = {};
  bool required = false;
  std::vector<std::string> choices = {};  // the words a text field takes; empty: any
};

/// One walk over the fields of a settings struct. Reading a file, writing the resolved file,
/// listing the differences and documenting are four visitors of the same `describe` functions.
class FieldVisitor {
 public:
  virtual ~FieldVisitor() = default;

  virtual void visit(const Field& field, bool& value) = 0;
  virtual void visit(const Field& field, int64_t& value) = 0;
  virtual void visit(const Field& field, double& value) = 0;
  virtual void visit(const Field& field, std::string& value) = 0;
  virtual void visit(const Field& field, std::vector<int64_t>& value) = 0;
  virtual void visit(const Field& field, std::vector<double>& value) = 0;
  virtual void visit(const Field& field, std::vector<std::string>& value) = 0;

  /// A nested table `[name]`; T has `void describe(FieldVisitor&)`.
  template <class T>
  void table(const Field& field, T& value) {
    enter_table(field, [&] { value.describe(*this); });
  }

  /// Tables with names of the user's choice: `[teacher.big]`.
  template <class T>
  void named_tables(const Field& field, std::vector<std::pair<std::string, T>>& values) {
    std::vector<std::string> names;
    for (const auto& [name, value] : values) names.push_back(name);
    names = table_names(field, names);
    values.resize(names.size());
    for (size_t i = 0; i < names.size(); ++i) {
      values[i].first = names[i];
      enter_named_table(field, names[i], [&] { values[i].second.describe(*this); });
    }
  }

  /// A list of tables: `[[objective]]`, or `transforms = [{ ... }]`.
  template <class T>
  void list_of_tables(const Field& field, std::vector<T>& values) {
    values.resize(list_size(field, values.size()));
    for (size_t i = 0; i < values.size(); ++i) {
      enter_list_item(field, i, [&] { values[i].describe(*this); });
    }
  }

  /// One of several kinds, told apart by the field `field.name` ("kind", "term", ...). Every kind
  /// is a struct with `static constexpr std::string_view kind, help;` and `void
  /// describe(FieldVisitor&)`.
  template <class... Kinds>
  void choice(Field field, std::variant<Kinds...>& value) {
    field.choices = {std::string(Kinds::kind)...};
    const std::string now = std::visit([](const auto& v) { return std::string(v.kind); }, value);
    const std::string wanted = choose(field, now);
    if (wanted == now) {
      std::visit([&](auto& v) { enter_kind(v.kind, v.help, [&] { v.describe(*this); }); }, value);
    } else {
      (void)((Kinds::kind == wanted ? (value = Kinds{},
                                       enter_kind(Kinds::kind, Kinds::help,
                                                  [&] { std::get<Kinds>(value).describe(*this); }),
                                       true)
                                    : false) ||
             ...);
    }
    const auto tell = [&](auto other) {
      if (other.kind == wanted || wanted.empty()) return;
      enter_other_kind(field, other.kind, [&] { other.describe(*this); });
    };
    (tell(Kinds{}), ...);
    if (wants_every_kind()) {
      const auto document = [&](auto other) {
        if (other.kind != now) enter_kind(other.kind, other.help, [&] { other.describe(*this); });
      };
      (document(Kinds{}), ...);
    }
  }

 protected:
  using Walk = std::function<void()>;
  virtual void enter_table(const Field& field, const Walk& walk) = 0;
  virtual std::vector<std::string> table_names(const Field& field,
                                               std::vector<std::string> now) = 0;
  virtual void enter_named_table(const Field& field, const std::string& name, const Walk& walk) = 0;
  virtual size_t list_size(const Field& field, size_t now) = 0;
  virtual void enter_list_item(const Field& field, size_t index, const Walk& walk) = 0;
  /// The kind that the source asks for; `now` when it says nothing. What is no kind enters none.
  virtual std::string choose(const Field& field, const std::string& now) = 0;
  virtual void enter_kind(std::string_view kind, std::string_view help, const Walk& walk) = 0;
  /// A kind that is not chosen, with its defaults.
  virtual void enter_other_kind(const Field&, std::string_view /*kind*/, const Walk&) {}
  virtual bool wants_every_kind() const { return false; }
};

/// Name and help of every kind of a variant, for `retort list`.
template <class Variant>
struct KindsOf;
template <class... Kinds>
struct KindsOf<std::variant<Kinds...>> {
  static std::vector<std::pair<std::string, std::string>> rows() {
    return {{std::string(Kinds::kind), std::string(Kinds::help)}...};
  }
};

}  // namespace retort
