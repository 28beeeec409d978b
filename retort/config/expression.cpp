#include "retort/config/expression.hpp"

#include <fmt/format.h>

#include <cctype>
#include <charconv>
#include <optional>

#include "retort/base/error.hpp"

namespace retort {
namespace {

[[noreturn]] void fail(std::string_view text, const std::string& problem) {
  throw Error(ExitCode::usage, fmt::format("\"{}\": {}", printable(text), problem));
}

std::optional<double> as_number(std::string_view word) {
  double value = 0;
  const auto [end, error] = std::from_chars(word.data(), word.data() + word.size(), value);
  if (error != std::errc() || end != word.data() + word.size()) return std::nullopt;
  return value;
}

NumberName as_name(std::string_view text, std::string_view word) {
  const size_t open = word.find('[');
  if (open == std::string_view::npos) return {std::string(word), false, ""};
  if (open == 0 || word.back() != ']') fail(text, "wanted NAME[CELLS], without spaces");
  return {std::string(word.substr(0, open)), true,
          std::string(word.substr(open + 1, word.size() - open - 2))};
}

}  // namespace

// sum = product {(+|-) product}, product = factor {(*|/) factor}, factor = number | name | ( sum )
class Expression::Reader {
 public:
  Reader(const Expression& expression, const std::function<double(const NumberName&)>& value_of)
      : expression_(expression), value_of_(value_of) {}

  double all() {
    const double value = sum();
    if (next_ != expression_.tokens_.size()) fail(expression_.text_, "wanted + - * / between two");
    return value;
  }

 private:
  bool takes(char kind) {
    if (next_ == expression_.tokens_.size() || expression_.tokens_[next_].kind != kind)
      return false;
    ++next_;
    return true;
  }

  double sum() {
    double value = product();
    while (true) {
      if (takes('+')) {
        value += product();
      } else if (takes('-')) {
        value -= product();
      } else {
        return value;
      }
    }
  }

  double product() {
    double value = factor();
    while (true) {
      if (takes('*')) {
        value *= factor();
      } else if (takes('/')) {
        value /= factor();
      } else {
        return value;
      }
    }
  }

  double factor() {
    if (takes('n')) return expression_.tokens_[next_ - 1].number;
    if (takes('a')) return value_of_(expression_.tokens_[next_ - 1].name);
    if (!takes('(')) fail(expression_.text_, "wanted a name, a number or '('");
    const double value = sum();
    if (!takes(')')) fail(expression_.text_, "wanted ')'");
    return value;
  }

  const Expression& expression_;
  const std::function<double(const NumberName&)>& value_of_;
  size_t next_ = 0;
};

Expression::Expression(std::string_view text) : text_(text) {
  constexpr int deepest = 50;
  int depth = 0;
  for (size_t i = 0; i < text.size();) {
    const char c = text[i];
    if (std::isspace(static_cast<unsigned char>(c)) != 0) {
      ++i;
    } else if (c == '(' || c == ')') {
      depth += c == '(' ? 1 : 0;
      tokens_.push_back({.kind = c});
      ++i;
    } else {
      const size_t end = std::min(text.find_first_of(" \t()", i), text.size());
      const std::string_view word = text.substr(i, end - i);
      if (word.size() == 1 && std::string_view("+-*/").find(c) != std::string_view::npos) {
        tokens_.push_back({.kind = c});
      } else if (const std::optional<double> number = as_number(word)) {
        tokens_.push_back({.kind = 'n', .number = *number});
      } else {
        tokens_.push_back({.kind = 'a', .name = as_name(text, word)});
      }
      i = end;
    }
  }
  if (depth > deepest) fail(text, "too many parentheses");
  value([](const NumberName&) { return 1.0; });  // says what cannot be read
}

std::vector<NumberName> Expression::names() const {
  std::vector<NumberName> names;
  for (const Token& token : tokens_) {
    if (token.kind == 'a') names.push_back(token.name);
  }
  return names;
}

double Expression::value(const std::function<double(const NumberName&)>& value_of) const {
  return Reader(*this, value_of).all();
}

}  // namespace retort
