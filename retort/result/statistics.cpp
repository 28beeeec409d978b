#include "retort/result/statistics.hpp"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <limits>
#include <numbers>

namespace retort {

double student_t_within(double t, int64_t freedom) {
  const double angle = std::atan(t / std::sqrt(static_cast<double>(freedom)));
  const double cosine = std::cos(angle), sine = std::sin(angle);
  const bool odd = freedom % 2 == 1;
  // The terms of the sum in brackets; each is the last one times n / (n + 1) cos^2.
  double term = odd ? cosine : 1, sum = freedom == 1 ? 0 : term;
  for (int64_t n = odd ? 2 : 1; n + 1 < freedom; n += 2) {
    term *= static_cast<double>(n) / static_cast<double>(n + 1) * cosine * cosine;
    sum += term;
  }
  return odd ? 2 / std::numbers::pi * (angle + sine * sum) : sine * sum;
}

double student_t_quantile(double probability, int64_t freedom) {
  double low = 0, high = 1;
  while (student_t_within(high, freedom) < probability) high *= 2;
  constexpr int halvings = 200;  // more than a double has bits
  for (int i = 0; i < halvings; ++i) {
    const double middle = (low + high) / 2;
    (student_t_within(middle, freedom) < probability ? low : high) = middle;
  }
  return (low + high) / 2;
}

Spread spread_of(const std::vector<double>& numbers) {
  constexpr double none = std::numeric_limits<double>::quiet_NaN();
  const auto count = static_cast<int64_t>(numbers.size());
  Spread spread{.count = count, .mean = none, .deviation = none, .low = none, .high = none};
  if (count == 0) return spread;
  const auto n = static_cast<double>(count);
  double sum = 0, squares = 0;
  for (const double number : numbers) sum += number;
  spread.mean = sum / n;
  if (count == 1) return spread;
  for (const double number : numbers) {
    squares += (number - spread.mean) * (number - spread.mean);
  }
  spread.deviation = std::sqrt(squares / (n - 1));
  const double half = student_t_quantile(0.95, count - 1) * spread.deviation / std::sqrt(n);
  spread.low = spread.mean - half;
  spread.high = spread.mean + half;
  return spread;
}

double mcnemar_p(int64_t first, int64_t second) {
  if (std::abs(first - second) <= 1) return 1;  // no split is more even
  const auto n = static_cast<double>(first + second);
  double p = 0;
  for (int64_t k = 0; k <= std::min(first, second); ++k) {
    const auto i = static_cast<double>(k);
    p += std::exp(std::lgamma(n + 1) - std::lgamma(i + 1) - std::lgamma(n - i + 1) -
                  n * std::numbers::ln2);
  }
  return std::min(1.0, 2 * p);
}

}  // namespace retort
