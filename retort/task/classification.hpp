#pragma once

#include <cstdint>
#include <vector>

#include "retort/result/scores.hpp"
#include "retort/tensor/named_tensors.hpp"

namespace retort {

/// Bins of the calibration: equal widths over the probability of the answer.
inline constexpr int64_t calibration_bins = 15;

/// Gathers the scores of a classifier batch by batch. The answer is the class with the largest
/// logit, the first of equals; samples without a label (-1) are left out.
///   nll: mean of -log softmax(z)[label]
///   ece: sum over the bins of count / total * |accuracy - mean probability of the answer|; a bin
///   is
///        (k / 15, (k + 1) / 15] (Guo et al. 2017, "On Calibration of Modern Neural Networks").
class ClassificationMeter {
 public:
  explicit ClassificationMeter(int64_t classes);
  /// logits: [N, C]; targets: [N] int64.
  void add(const Tensor& logits, const Tensor& targets);
  Scores scores() const;

 private:
  std::vector<std::vector<int64_t>> confusion_;
  std::vector<Scores::Bin> bins_;  // sums until scores()
  double nll_ = 0;
};

}  // namespace retort
