#include "retort/experiment/sweep_range.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <optional>

#include "retort/base/error.hpp"

namespace retort {
namespace {

constexpr int64_t most_values = 1000;

// One of the two ends: a number, or a list of them.
struct End {
  std::string text;  // as it is written
  std::vector<double> numbers;
  bool is_list = false, is_whole = true;
};

std::optional<double> number_of(const std::string& text) {
  double number = 0;
  const char* end = text.data() + text.size();
  const auto [rest, error] = std::from_chars(text.data(), end, number);
  if (error != std::errc() || rest != end || !std::isfinite(number)) return std::nullopt;
  return number;
}

bool is_positive(const std::optional<double>& number) {
  return number && *number > 0;
}

std::optional<End> end_of(const TomlLeaf& leaf) {
  End end{.text = leaf.value, .numbers = {}, .is_list = leaf.items.has_value()};
  for (const std::string& text : leaf.items.value_or(std::vector{leaf.value})) {
    const std::optional<double> number = number_of(text);
    if (!is_positive(number)) return std::nullopt;
    end.numbers.push_back(*number);
    end.is_whole = end.is_whole && text.find_first_not_of("0123456789") == std::string::npos;
  }
  if (end.numbers.empty()) return std::nullopt;
  return end;
}

std::vector<std::string> values_between(const End& from, const End& to, int64_t count) {
  std::vector<std::string> values;
  for (int64_t i = 0; i < count; ++i) {
    const double share = static_cast<double>(i) / static_cast<double>(count - 1);
    std::vector<std::string> numbers;
    for (size_t n = 0; n < from.numbers.size(); ++n) {
      const double number = from.numbers[n] * std::pow(to.numbers[n] / from.numbers[n], share);
      numbers.push_back(from.is_whole && to.is_whole
                            ? fmt::format("{}", static_cast<int64_t>(std::llround(number)))
                            : fmt::format("{:.4g}", number));
    }
    std::string value = from.is_list ? "[" + join(numbers) + "]" : numbers.front();
    if (i == 0) value = from.text;
    if (i == count - 1) value = to.text;
    if (values.empty() || values.back() != value) values.push_back(std::move(value));
  }
  return values;
}

const TomlLeaf* find(const std::vector<TomlLeaf>& leaves, const std::string& path) {
  const auto found = std::find_if(leaves.begin(), leaves.end(),
                                  [&](const TomlLeaf& leaf) { return leaf.path == path; });
  return found == leaves.end() ? nullptr : &*found;
}

TomlLeaf range(const std::string& field, const TomlLeaf& from, const TomlLeaf& to,
               const TomlLeaf& count) {
  const auto first = end_of(from), last = end_of(to);
  const auto many = number_of(count.value);
  if (!first || !last || first->is_list != last->is_list ||
      first->numbers.size() != last->numbers.size()) {
    throw Error(ExitCode::usage,
                fmt::format("a range wants two numbers above 0, or two lists of as many; got from "
                            "= {}, to = {}",
                            from.value, to.value));
  }
  if (!many || *many != std::floor(*many) || *many < 2 || *many > most_values) {
    throw Error(ExitCode::usage, fmt::format("count: wanted a whole number from 2 to {}, got {}",
                                             most_values, count.value));
  }
  const std::vector<std::string> values =
      values_between(*first, *last, static_cast<int64_t>(*many));
  return {.path = field, .value = "[" + join(values) + "]", .items = values};
}

}  // namespace

std::vector<TomlLeaf> with_ranges(const std::vector<TomlLeaf>& leaves, const TomlFile& file,
                                  const std::string& table) {
  std::vector<TomlLeaf> result;
  for (const TomlLeaf& leaf : leaves) {
    const size_t dot = leaf.path.rfind('.');
    const std::string field = leaf.path.substr(0, dot);
    const std::string part = dot == std::string::npos ? "" : leaf.path.substr(dot + 1);
    const TomlLeaf* from = find(leaves, field + ".from");
    const TomlLeaf* to = find(leaves, field + ".to");
    const TomlLeaf* count = find(leaves, field + ".count");
    const int parts = int{from != nullptr} + int{to != nullptr} + int{count != nullptr};
    const bool is_part = parts > 1 && (part == "from" || part == "to" || part == "count");
    if (is_part && parts < 3) {
      const std::string path = table + "." + field;
      throw Error(ExitCode::usage,
                  fmt::format("{}: {}: a range wants from, to and count; there is no {}",
                              file.where(path), path,
                              !from ? "from"
                              : !to ? "to"
                                    : "count"));
    }
    if (!is_part) {
      result.push_back(leaf);
    } else if (find(result, field) == nullptr) {
      const std::string path = table + "." + field;
      try {
        result.push_back(range(field, *from, *to, *count));
      } catch (const Error& error) {
        throw Error(error.code(), fmt::format("{}: {}: {}", file.where(path), path, error.what()));
      }
    }
  }
  return result;
}

}  // namespace retort
