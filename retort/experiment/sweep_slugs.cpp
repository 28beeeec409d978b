#include <fmt/format.h>

#include <algorithm>
#include <cctype>

#include "retort/base/hash.hpp"
#include "retort/experiment/sweep.hpp"

namespace retort {
namespace {

// The last `words` words of a dotted path.
std::string ending(const std::string& path, size_t words) {
  size_t at = path.size();
  for (size_t i = 0; i < words && at != std::string::npos; ++i) {
    at = at == 0 ? std::string::npos : path.rfind('.', at - 1);
  }
  return at == std::string::npos ? path : path.substr(at + 1);
}

std::string text_of(const std::vector<FieldValue>& values) {
  std::string text;
  for (const auto& [field, value] : values) text += fmt::format("{}={}\n", field, value);
  return text;
}

}  // namespace

std::string value_words(const std::string& text) {
  std::string words;
  for (size_t i = 0; i < text.size(); ++i) {
    const auto c = static_cast<unsigned char>(text[i]);
    const bool sign = c == '-' && i + 1 < text.size() && std::isdigit(text[i + 1]) != 0;
    if (std::isalnum(c) != 0 || c == '.' || c == '_' || c == '+' || sign) {
      words += static_cast<char>(c);
    } else if (!words.empty() && words.back() != '-') {
      words += '-';
    }
  }
  while (!words.empty() && words.back() == '-') words.pop_back();
  return words.empty() ? "none" : words;
}

std::vector<std::string> field_labels(const std::vector<std::string>& fields) {
  std::vector<std::string> labels;
  for (const std::string& field : fields) {
    const auto shared = [&](size_t words) {
      return std::count_if(fields.begin(), fields.end(), [&](const std::string& other) {
               return ending(other, words) == ending(field, words);
             }) > 1;
    };
    size_t words = 1;
    while (shared(words) && ending(field, words) != field) ++words;
    labels.push_back(ending(field, words));
  }
  return labels;
}

std::vector<std::string> cell_slugs(const std::vector<std::vector<FieldValue>>& cells) {
  constexpr size_t most = 100;
  std::vector<std::string> fields;
  for (const auto& cell : cells) {
    for (const auto& [field, value] : cell) {
      if (std::find(fields.begin(), fields.end(), field) == fields.end()) fields.push_back(field);
    }
  }
  const std::vector<std::string> labels = field_labels(fields);
  std::vector<std::string> slugs;
  for (const auto& cell : cells) {
    std::vector<std::string> parts;
    for (const auto& [field, value] : cell) {
      const auto index = std::find(fields.begin(), fields.end(), field) - fields.begin();
      const std::string& label = labels[static_cast<size_t>(index)];
      parts.push_back(fmt::format("{}={}", value_words(label), value_words(value)));
    }
    slugs.push_back(join(parts, ","));
  }
  std::vector<std::string> different;
  for (size_t i = 0; i < slugs.size(); ++i) {
    const bool alone = std::count(slugs.begin(), slugs.end(), slugs[i]) == 1;
    const std::string mark = fingerprint_of(text_of(cells[i])).text().substr(0, 8);
    different.push_back(alone && slugs[i].size() <= most
                            ? slugs[i]
                            : fmt::format("{},{}", slugs[i].substr(0, most), mark));
  }
  return different;
}

}  // namespace retort
