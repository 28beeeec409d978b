#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

namespace retort {

/// What stands where a number is missing.
constexpr std::string_view no_number = "–";

/// 10000 -> "10,000"
std::string thousands(int64_t number);

/// 0.0246 -> "2.46 %"; the space does not break.
std::string percent(double share, int decimals = 2);

/// Significant digits, no needless zeros: 0.012345 -> "0.0123".
std::string significant(double number, int digits = 3);

/// 477700 -> "478 k", 1200000 -> "1.2 M"; with a unit "1.2 MB".
std::string scaled(double number, std::string_view unit = "");

/// 12.34 -> "12.3 s", 250 -> "4 min 10 s".
std::string seconds_words(double seconds);

/// "1 error", "2 errors"
std::string counted(int64_t count, std::string_view one, std::string_view many);

/// 95 % Wilson score interval of a share of `successes` in `count` > 0 trials (Wilson 1927).
std::pair<double, double> wilson_interval(int64_t successes, int64_t count);

}  // namespace retort
