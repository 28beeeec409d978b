#pragma once

#include <functional>
#include <string>
#include <vector>

#include "retort/objective/losses/loss_sum.hpp"

namespace retort {

/// One weighted loss over named tensors.
struct Term {
  std::string name;  // as it is reported: "cross_entropy", "distillation/big"
  double weight = 1;
  Names reads;  // "student/logits", "target/class", "big/logits"
  /// How many of `samples` have a say, of the targets ("target/...") alone.
  std::function<double(const NamedTensors& targets, int64_t samples)> count;
  std::function<LossSum(const NamedTensors&)> evaluate;
};

/// What one term came to on one batch: a sum over `count` samples, not yet weighted.
struct TermResult {
  double sum = 0;
  double count = 0;
  double kept = -1;  // of them; -1: the term leaves out none
  double mean() const { return count > 0 ? sum / count : 0; }
};

/// What an objective came to on one batch.
struct Breakdown {
  Tensor total;                   // sum of `weighted`; carries the gradient
  std::vector<Tensor> weighted;   // weight * sum / count of each term; carries its gradient
  std::vector<TermResult> terms;  // in the order of the terms, as `weighted`
};

/// The sum of weighted terms over one table of names.
class Objective {
 public:
  explicit Objective(std::vector<Term> terms) : terms_(std::move(terms)) {}
  const std::vector<Term>& terms() const { return terms_; }
  /// Every name that a term reads, once, in order.
  Names reads() const;
  /// How many samples have a say in each term, before anything is computed.
  std::vector<double> counts(const NamedTensors& targets, int64_t samples) const;
  /// divisors: what each term's sum is divided by; the counts of a whole batch when `values` is a
  /// part of it, so that the parts' totals and gradients add up to the whole's. Empty: the counts
  /// that are found here. A term that found no sample (no label in the batch) adds nothing. Throws
  /// Error (model) when a name is missing; Error (numeric) when a term is no finite number: it says
  /// which, and the largest logit among what it reads.
  Breakdown evaluate(const NamedTensors& values, const std::vector<double>& divisors = {}) const;

 private:
  std::vector<Term> terms_;
};

}  // namespace retort
