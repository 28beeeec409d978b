#pragma once

#include <string>

#include "retort/result/soft_targets.hpp"

namespace retort {

// What the page says of one teacher's soft targets, part by part: HTML, empty without numbers.

std::string soft_target_examples_html(const SoftTargets& targets);
std::string telling_pairs_html(const SoftTargets& targets);
std::string temperature_curves_html(const SoftTargets& targets);
std::string similarity_html(const SoftTargets& targets);

/// The name of a class by its index; "class 7" when there is none.
std::string class_name(const SoftTargets& targets, int64_t index);

/// "a 3", "an 8", "a cat", as HTML.
std::string one_of_class(const SoftTargets& targets, int64_t index);

/// The probability of a class at SoftTargets::temperatures[at]; 0 where the record has no number.
double probability(const SoftTargetExample& example, size_t at, int64_t index);

/// "T = 4", with spaces that do not break.
std::string temperature_words(double temperature);

/// A probability in as many digits as it needs: "36.4 %", "99.98 %", "0.02 %", "under 0.01 %".
std::string probability_words(double probability);

}  // namespace retort
