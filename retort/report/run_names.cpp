#include "retort/report/run_names.hpp"

#include <algorithm>
#include <string_view>

namespace retort {

std::vector<std::string> distinct_names(const std::vector<ComparedRun>& runs) {
  std::vector<std::string> names;
  for (const ComparedRun& run : runs) names.push_back(run.name);
  if (names.empty()) return names;
  // The last character stays in any case: it may be a slash, and a name is never empty.
  size_t same = names.front().empty() ? 0 : names.front().size() - 1;
  for (const std::string& name : names) {
    const std::string_view first = names.front();
    const auto differ = std::mismatch(first.begin(), first.end(), name.begin(), name.end());
    same = std::min({same, static_cast<size_t>(differ.first - first.begin()),
                     name.empty() ? 0 : name.size() - 1});
  }
  // Back to a whole folder or value.
  while (same > 0 && names.front()[same - 1] != '/' && names.front()[same - 1] != ',') --same;
  for (std::string& name : names) name.erase(0, same);
  return names;
}

std::string end_of_name(const std::string& name, size_t most) {
  size_t start = name.size(), characters = 0;
  for (size_t at = name.size(); at > 0; --at) {
    if ((static_cast<unsigned char>(name[at - 1]) & 0xC0) == 0x80) continue;  // inside a character
    if (++characters > most) return "…" + name.substr(start);
    if (characters < most) start = at - 1;
  }
  return name;
}

}  // namespace retort
