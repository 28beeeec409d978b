#pragma once

#include <memory>
#include <string>

#include "retort/predict/predictor.hpp"

namespace retort {

/// Which part of the logits is kept: the `count` largest of each row, and of the others
/// log sum exp(z / temperature). At that temperature the softmax of what is made of it again has
/// the same probabilities for the kept classes, and the rest of the mass spread evenly over the
/// others.
struct TopLogits {
  int64_t count = 0;  // 0: all logits are kept as they are
  double temperature = 1;
  /// Numbers of a row.
  int64_t width() const { return 2 * count + 1; }
  /// Numbers that are kept of so many logits.
  int64_t numbers_of(int64_t logits) const { return count > 0 ? width() : logits; }
  /// What such rows are called, "logits_top10_at_4"; a predictor from with_top_logits answers it.
  std::string name() const;
  /// The opposite of name(); a count of 0 where the name is another one.
  static TopLogits of_name(const std::string& name);
};

/// logits: [N, classes]. [N, width]: the largest logits, falling; the numbers of their
/// classes; the log sum of the others.
Tensor top_of(const Tensor& logits, const TopLogits& top);

/// Logits [N, classes] of rows that top_of made; those that were not kept are equal.
Tensor logits_of_top(const Tensor& rows, int64_t classes, const TopLogits& top);

/// What is lost, at the temperature, in nats: KL(softmax of the logits, softmax of what is kept).
struct TopLoss {
  double mean = 0, largest = 0;
  double tail = 0;  // mean probability of the classes that are not kept
};
TopLoss top_loss(const Tensor& logits, const TopLogits& top);

/// The predictor, which answers the names of TopLogits beside its own.
std::shared_ptr<const Predictor> with_top_logits(std::shared_ptr<const Predictor> predictor);

}  // namespace retort
