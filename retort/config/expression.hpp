#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace retort {

/// A number's name in an expression: `student.errors`, or with a choice of a sweep's cells in
/// brackets `student.errors[temperature=8|20]`.
struct NumberName {
  std::string name;
  bool has_choice = false;
  std::string choice;  // what stands in the brackets
  bool operator==(const NumberName&) const = default;
};

/// Names, numbers, + - * / (each between spaces: a name may hold any of them) and parentheses:
/// "(twin.errors - student.errors) / (twin.errors - big.errors)". Throws Error (usage) that shows
/// what could not be read.
class Expression {
 public:
  explicit Expression(std::string_view text);
  /// Every name in it, in order.
  std::vector<NumberName> names() const;
  double value(const std::function<double(const NumberName&)>& value_of) const;

 private:
  struct Token {
    char kind;  // n: number, name: a; else itself: ( ) + - * /
    double number = 0;
    NumberName name = {};
  };
  class Reader;
  std::string text_;
  std::vector<Token> tokens_;
};

}  // namespace retort
