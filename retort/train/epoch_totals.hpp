#pragma once

#include <vector>

#include "retort/objective/objective.hpp"
#include "retort/result/training_record.hpp"

namespace retort {

/// Adds up the terms of an epoch's steps.
class EpochTotals {
 public:
  explicit EpochTotals(const Objective& objective) : objective_(objective) { clear(); }
  void add(const Breakdown& breakdown);
  void clear();
  /// Means over the samples of the epoch so far.
  std::vector<TermValue> terms() const;
  /// The weighted sum of the terms.
  double loss() const;
  /// One line for every term that taught nothing in this epoch: 0 up to rounding, or not one
  /// sample.
  std::vector<std::string> silent_terms() const;

  /// The sums so far, exactly: "sums", "counts" and "kept", [terms].
  NamedTensors state() const;
  /// Goes on from a state. Throws Error (model) when it is not one of this objective's.
  void load_state(const NamedTensors& state);

 private:
  const Objective& objective_;
  std::vector<TermResult> totals_;
};

}  // namespace retort
