#include "retort/experiment/names.hpp"

#include <algorithm>
#include <cctype>

namespace retort {

bool is_name(const std::string& text, std::string_view more, size_t most) {
  const auto allowed = [&](unsigned char c) {
    return std::isalnum(c) || c == '-' || c == '_' || c == '.' ||
           more.find(static_cast<char>(c)) != std::string_view::npos;
  };
  return !text.empty() && text.front() != '.' && text.size() <= most &&
         std::all_of(text.begin(), text.end(), allowed);
}

bool holds(const std::vector<std::string>& names, const std::string& name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

std::optional<std::string> repeated(std::vector<std::string> names) {
  std::sort(names.begin(), names.end());
  const auto twice = std::adjacent_find(names.begin(), names.end());
  if (twice == names.end()) return std::nullopt;
  return *twice;
}

}  // namespace retort
