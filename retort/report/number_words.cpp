#include "retort/report/number_words.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

namespace retort {
namespace {

constexpr std::string_view space = "\u00A0";  // does not break

}  // namespace

std::string thousands(int64_t number) {
  std::string digits = fmt::format("{}", number);
  const int64_t first = number < 0 ? 1 : 0;
  for (int64_t at = static_cast<int64_t>(digits.size()) - 3; at > first; at -= 3) {
    digits.insert(static_cast<size_t>(at), ",");
  }
  return digits;
}

std::string percent(double share, int decimals) {
  if (!std::isfinite(share)) return std::string(no_number);
  return fmt::format("{:.{}f}{}%", 100 * share, decimals, space);
}

std::string significant(double number, int digits) {
  if (!std::isfinite(number)) return std::string(no_number);
  return fmt::format("{:.{}g}", number, digits);
}

std::string scaled(double number, std::string_view unit) {
  if (!std::isfinite(number)) return std::string(no_number);
  constexpr std::array<std::string_view, 5> prefixes = {"", "k", "M", "G", "T"};
  size_t prefix = 0;
  while (std::abs(number) >= 999.5 && prefix + 1 < prefixes.size()) {
    number /= 1000;
    ++prefix;
  }
  const std::string digits =
      std::abs(number) >= 99.5 ? fmt::format("{:.0f}", number) : fmt::format("{:.3g}", number);
  if (prefix == 0 && unit.empty()) return digits;
  return fmt::format("{}{}{}{}", digits, space, prefixes[prefix], unit);
}

std::string seconds_words(double seconds) {
  if (!std::isfinite(seconds)) return std::string(no_number);
  if (seconds < 59.95) return fmt::format("{:.1f}{}s", seconds, space);
  const auto whole = static_cast<int64_t>(std::min(std::round(seconds), 1e15));
  if (whole < 3600) return fmt::format("{0}{2}min {1}{2}s", whole / 60, whole % 60, space);
  return fmt::format("{0}{2}h {1}{2}min", whole / 3600, whole % 3600 / 60, space);
}

std::string counted(int64_t count, std::string_view one, std::string_view many) {
  return fmt::format("{} {}", thousands(count), count == 1 ? one : many);
}

std::pair<double, double> wilson_interval(int64_t successes, int64_t count) {
  constexpr double z = 1.959963984540054;
  const auto n = static_cast<double>(count);
  const double share = static_cast<double>(successes) / n;
  const double scale = 1 + z * z / n;
  const double middle = (share + z * z / (2 * n)) / scale;
  const double half = z / scale * std::sqrt(share * (1 - share) / n + z * z / (4 * n * n));
  return {std::max(0.0, middle - half), std::min(1.0, middle + half)};
}

}  // namespace retort
