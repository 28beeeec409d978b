#include "retort/result/percentile.hpp"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <limits>

namespace retort {
namespace {

constexpr double chance_of_error = 0.01;

// P(Binomial(count, share) <= most), from its largest term downwards.
double binomial_within(int64_t count, double share, int64_t most) {
  const auto n = static_cast<double>(count), k = static_cast<double>(most);
  double term = std::exp(std::lgamma(n + 1) - std::lgamma(k + 1) - std::lgamma(n - k + 1) +
                         k * std::log(share) + (n - k) * std::log1p(-share));
  double sum = 0;
  for (double at = k; at >= 0 && term > sum * 1e-17; --at) {
    sum += term;
    term *= at * (1 - share) / ((n - at + 1) * share);
  }
  return sum;
}

}  // namespace

double percentile(const std::vector<double>& rising, double share) {
  assert(!rising.empty() && share > 0 && share <= 1);
  // A share such as 0.9 is a little more or less than itself.
  const double rank = std::ceil(share * static_cast<double>(rising.size()) - 1e-9);
  return rising[static_cast<size_t>(std::max(rank, 1.0)) - 1];
}

int64_t discarded_above(int64_t count, double share) {
  int64_t few = -1, many = static_cast<int64_t>(static_cast<double>(count) * (1 - share)) + 1;
  while (many - few > 1) {
    const int64_t middle = few + (many - few) / 2;
    (binomial_within(count, 1 - share, middle) <= chance_of_error ? few : many) = middle;
  }
  return std::max<int64_t>(few - 1, -1);
}

double percentile_at_most(const std::vector<double>& rising, double share) {
  const int64_t discarded = discarded_above(static_cast<int64_t>(rising.size()), share);
  if (discarded < 0) return std::numeric_limits<double>::quiet_NaN();
  return rising[rising.size() - 1 - static_cast<size_t>(discarded)];
}

int64_t fewest_queries(double share) {
  int64_t count = 2;
  while (discarded_above(count, share) < 0) ++count;
  return count;
}

}  // namespace retort
