#pragma once

#include <vector>

#include "retort/objective/objective.hpp"
#include "retort/train/optimiser.hpp"

namespace retort {

/// The gradients of an objective's single terms at one step, added up over the parts of its batch.
/// They are computed beside the training and leave its gradients alone.
class TermGradients {
 public:
  explicit TermGradients(const std::vector<Parameter>& parameters);
  /// Before the backward pass of the total, which frees what is needed here.
  void add(const Breakdown& breakdown);
  /// The norm over all parameters of each weighted term's gradient, in the order of the terms.
  std::vector<double> norms() const;

 private:
  std::vector<Tensor> parameters_;
  std::vector<std::vector<Tensor>> sums_;  // by term and parameter
};

}  // namespace retort
