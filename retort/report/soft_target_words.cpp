#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "retort/report/escape.hpp"
#include "retort/report/number_words.hpp"
#include "retort/report/soft_target_parts.hpp"

namespace retort {

std::string class_name(const SoftTargets& targets, int64_t index) {
  const auto at = static_cast<size_t>(index);
  return index >= 0 && at < targets.classes.size() ? targets.classes[at]
                                                   : fmt::format("class {}", index);
}

std::string one_of_class(const SoftTargets& targets, int64_t index) {
  const std::string name = class_name(targets, index);
  const bool vowel =
      !name.empty() && std::string_view("aeiouAEIOU8").find(name[0]) != std::string_view::npos;
  const bool an = vowel || name == "11" || name == "18";
  return fmt::format("{} {}", an ? "an" : "a", name_html(name));
}

double probability(const SoftTargetExample& example, size_t at, int64_t index) {
  const auto i = static_cast<size_t>(index);
  const bool is_there =
      index >= 0 && at < example.probabilities.size() && i < example.probabilities[at].size();
  const double value = is_there ? example.probabilities[at][i] : 0;
  return std::isfinite(value) ? std::clamp(value, 0.0, 1.0) : 0;
}

std::string temperature_words(double temperature) {
  return fmt::format("T\u00A0=\u00A0{}", significant(temperature));
}

std::string probability_words(double probability) {
  if (!std::isfinite(probability)) return std::string(no_number);
  constexpr double least = 0.0001;  // two decimals
  if (probability < least / 2) return "under " + percent(least);
  if (probability > 1 - least / 2) return "over " + percent(1 - least);
  return percent(probability, probability < 0.01 || probability > 0.99 ? 2 : 1);
}

}  // namespace retort
