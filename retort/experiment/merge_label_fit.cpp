#include <ATen/TensorOperators.h>
#include <ATen/ops/eye.h>
#include <ATen/ops/gather.h>
#include <ATen/ops/linalg_solve.h>
#include <ATen/ops/log_softmax.h>
#include <ATen/ops/matmul.h>
#include <ATen/ops/mm.h>
#include <ATen/ops/softmax.h>
#include <ATen/ops/stack.h>
#include <ATen/ops/tensor.h>
#include <ATen/ops/zeros.h>

#include "retort/experiment/merge_fit.hpp"

namespace retort {
namespace {

constexpr double pull = 0.1;  // towards s = 1 and o = 0: one over the prior's variance

// Newton's method on  f(t) = -sum_i log softmax(x_i t)_y(i) + pull/2 |t - start|^2,  where t holds
// all scales, then all offsets, and x_i [C, 2M] is what each of them is multiplied by.
class LabelFit {
 public:
  LabelFit(const MembersSaid& said, const Tensor& labels)
      : labels_(labels), members_(static_cast<int64_t>(said.logits.size())) {
    std::vector<Tensor> scaled, offset;
    Tensor knowing = at::zeros({said.classes}, at::kDouble);
    for (size_t m = 0; m < said.logits.size(); ++m) {
      const Tensor places = at::tensor(said.blocks[m], at::kLong);
      scaled.push_back(at::zeros({labels.size(0), said.classes}, at::kDouble));
      scaled.back().index_copy_(1, places, said.logits[m]);
      offset.push_back(at::zeros({said.classes}, at::kDouble).index_fill_(0, places, 1));
      knowing += offset.back();
    }
    for (Tensor& one : offset) one = (one / knowing).expand({labels.size(0), said.classes});
    for (Tensor& one : scaled) one = one / knowing;
    scaled.insert(scaled.end(), offset.begin(), offset.end());
    parts_ = at::stack(scaled, 2);
    start_ = at::zeros({2 * members_}, at::kDouble);
    start_.narrow(0, 0, members_).fill_(1);
  }

  // All scales, then all offsets.
  Tensor fit() const {
    constexpr int most_rounds = 100;
    constexpr double close_enough = 1e-8;
    Tensor fitted = start_;
    for (int round = 0; round < most_rounds; ++round) {
      const auto [gradient, curvature] = slopes(fitted);
      if (gradient.abs().max().item<double>() < close_enough) break;
      const Tensor step = at::linalg_solve(curvature, gradient.unsqueeze(1)).squeeze(1);
      fitted = stepped(fitted, step, (gradient * step).sum().item<double>());
    }
    return fitted;
  }

 private:
  double value(const Tensor& at_place) const {
    const Tensor logs = at::log_softmax(at::matmul(parts_, at_place), 1);
    const double fits = at::gather(logs, 1, labels_.unsqueeze(1)).sum().item<double>();
    return pull / 2 * (at_place - start_).square().sum().item<double>() - fits;
  }

  std::pair<Tensor, Tensor> slopes(const Tensor& at_place) const {
    const int64_t images = parts_.size(0), count = parts_.size(2);
    const Tensor share = at::softmax(at::matmul(parts_, at_place), 1).unsqueeze(2);
    const Tensor weighted = share * parts_;
    const Tensor expected = weighted.sum(1);  // [N, 2M]
    const Tensor places = labels_.view({images, 1, 1}).expand({images, 1, count});
    const Tensor right = at::gather(parts_, 1, places).squeeze(1);
    const Tensor gradient = (expected - right).sum(0) + pull * (at_place - start_);
    const Tensor curvature =
        at::mm(weighted.reshape({-1, count}).t(), parts_.reshape({-1, count})) -
        at::mm(expected.t(), expected) + pull * at::eye(count, at::kDouble);
    return {gradient, curvature};
  }

  // Half the step until the function falls enough.
  Tensor stepped(const Tensor& from, const Tensor& step, double slope) const {
    const double before = value(from);
    double share = 1;
    while (share > 1e-6 && value(from - share * step) > before - 1e-4 * share * slope) share /= 2;
    return from - share * step;
  }

  Tensor labels_;
  int64_t members_;
  Tensor parts_;  // [N, C, 2M]
  Tensor start_;
};

}  // namespace

MergeFit fit_to_labels(const MembersSaid& said, const Tensor& labels) {
  const Tensor fitted = LabelFit(said, labels).fit();
  const double* values = fitted.data_ptr<double>();
  const size_t members = said.logits.size();
  MergeFit fit{.scales = {values, values + members},
               .biases = std::vector<double>(static_cast<size_t>(said.classes), 0),
               .gate_biases = {}};
  std::vector<double> knowing(fit.biases.size(), 0);
  for (size_t m = 0; m < members; ++m) {
    for (const int64_t c : said.blocks[m]) {
      fit.biases[static_cast<size_t>(c)] += values[members + m];
      ++knowing[static_cast<size_t>(c)];
    }
  }
  for (size_t c = 0; c < knowing.size(); ++c) fit.biases[c] /= knowing[c];
  return fit;
}

}  // namespace retort
