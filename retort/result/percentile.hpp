#pragma once

#include <cstdint>
#include <vector>

namespace retort {

/// The smallest of the numbers (rising, at least one) that `share` of them do not exceed: nearest
/// rank. share: 0.5 is the median.
double percentile(const std::vector<double>& rising, double share);

/// How many of the highest of `count` independent numbers MLPerf's 'early stopping' sets aside
/// (MLPerf Inference Rules, from version 1.1 on): the largest d with
///   P(Binomial(count, 1 - share) <= d + 1) <= 0.01;  -1: there is none, the numbers are too few.
int64_t discarded_above(int64_t count, double share);

/// What the true percentile does not exceed with 99 % confidence, whatever the distribution: the
/// highest that is left of `rising` without those. NaN of too few.
double percentile_at_most(const std::vector<double>& rising, double share);

/// The fewest numbers that have such a bound, which MLPerf wants at least: 64 for 0.9, 662 for
/// 0.99.
int64_t fewest_queries(double share);

}  // namespace retort
