#include "retort/train/term_gradients.hpp"

#include <ATen/TensorOperators.h>
#include <torch/csrc/autograd/autograd.h>

namespace retort {

TermGradients::TermGradients(const std::vector<Parameter>& parameters) {
  for (const Parameter& parameter : parameters) parameters_.push_back(parameter.value);
}

void TermGradients::add(const Breakdown& breakdown) {
  sums_.resize(breakdown.weighted.size(), std::vector<Tensor>(parameters_.size()));
  for (size_t term = 0; term < sums_.size(); ++term) {
    const std::vector<Tensor> gradients = torch::autograd::grad(
        {breakdown.weighted[term]}, parameters_, {}, /*retain_graph=*/true, /*create_graph=*/false,
        /*allow_unused=*/true);
    for (size_t i = 0; i < parameters_.size(); ++i) {
      Tensor& sum = sums_[term][i];
      if (gradients[i].defined()) sum = sum.defined() ? sum + gradients[i] : gradients[i];
    }
  }
}

std::vector<double> TermGradients::norms() const {
  std::vector<double> norms;
  for (const std::vector<Tensor>& sums : sums_) {
    std::vector<Tensor> defined;
    for (const Tensor& sum : sums) {
      if (sum.defined()) defined.push_back(sum);
    }
    norms.push_back(norm_of(defined));
  }
  return norms;
}

}  // namespace retort
