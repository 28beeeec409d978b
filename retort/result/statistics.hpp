#pragma once

#include <cstdint>
#include <vector>

namespace retort {

/// Numbers of several runs in brief.
struct Spread {
  int64_t count = 0;
  double mean = 0;       // NaN of no number
  double deviation = 0;  // sample standard deviation (n - 1); NaN of fewer than two
  double low = 0;        // 95 % interval of the mean by Student's t; NaN of fewer than two
  double high = 0;
};

Spread spread_of(const std::vector<double>& numbers);

/// P(|T| <= t) of Student's t with `freedom` >= 1 degrees of freedom: the finite sums of Abramowitz
/// and Stegun, Handbook of Mathematical Functions (1964), 26.7.3 and 26.7.4.
double student_t_within(double t, int64_t freedom);

/// The t within which T lies with this probability, in (0, 1).
double student_t_quantile(double probability, int64_t freedom);

/// Two-sided exact p of McNemar's test (McNemar 1947): of the samples that only one of two models
/// gets wrong, `first` are the first's and `second` the second's; were both equally good, each
/// would be a toss of a coin. 1 where there are none.
double mcnemar_p(int64_t first, int64_t second);

}  // namespace retort
