#include "retort/evaluate/output_bias.hpp"

#include <ATen/TensorOperators.h>
#include <ATen/ops/argmax.h>
#include <ATen/ops/diag.h>
#include <ATen/ops/full.h>
#include <ATen/ops/linalg_solve.h>
#include <ATen/ops/logsumexp.h>
#include <ATen/ops/mm.h>
#include <ATen/ops/softmax.h>
#include <ATen/ops/tensor.h>
#include <ATen/ops/zeros.h>
#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>

namespace retort {
namespace {

constexpr double rounding = 1e-6;

// "3=0.1": the class may itself hold a '='.
std::pair<int64_t, double> read_share(const std::string& word, const Classes& classes) {
  const size_t sign = word.rfind('=');
  const std::string name = word.substr(0, sign);
  double share = 0;
  if (sign != std::string::npos) {
    const char* end = word.data() + word.size();
    const auto [stop, error] = std::from_chars(word.data() + sign + 1, end, share);
    if (error != std::errc() || stop != end) share = 0;
  }
  if (!(share > 0 && share < 1)) {
    throw Error(ExitCode::usage,
                fmt::format("prior: wanted \"uniform\" or CLASS=SHARE with a share above 0 and "
                            "below 1, as in \"{}=0.1\"; got \"{}\"",
                            printable(classes.front()), printable(word)));
  }
  const auto found = std::find(classes.begin(), classes.end(), name);
  if (found == classes.end()) {
    throw Error(ExitCode::usage, fmt::format("prior: there is no class \"{}\"{}", printable(name),
                                             suggest(name, classes)));
  }
  return {found - classes.begin(), share};
}

// Newton's method on the convex function whose gradient is (mean probability - share):
//   f(b) = mean over images of logsumexp(z + b) - sum_c share_c b_c
class BiasFit {
 public:
  BiasFit(const Tensor& logits, Prior prior)
      : logits_(logits.to(at::kDouble)), classes_(static_cast<size_t>(logits.size(1))) {
    // With a share for every class a constant is free: the last bias stays 0 until the end.
    all_ = prior.size() == classes_;
    if (all_) prior.pop_back();
    std::vector<int64_t> moved;
    std::vector<double> shares;
    for (const auto& [index, share] : prior) {
      moved.push_back(index);
      shares.push_back(share);
    }
    moved_ = at::tensor(moved, at::kLong);
    shares_ = at::tensor(shares, at::kDouble);
  }

  std::vector<double> fit() const {
    constexpr int most_rounds = 100;
    constexpr double close_enough = 1e-9;
    Tensor biases = at::zeros({moved_.numel()}, at::kDouble);
    for (int round = 0; round < most_rounds; ++round) {
      const Tensor p = at::softmax(with(biases), 1).index_select(1, moved_);
      const Tensor gradient = p.mean(0) - shares_;
      if (gradient.abs().max().item<double>() < close_enough) break;
      biases = stepped(biases, gradient, newton_step(p, gradient));
    }
    Tensor every = at::zeros({static_cast<int64_t>(classes_)}, at::kDouble);
    every.index_copy_(0, moved_, biases);
    if (all_) every = every - every.mean();
    const double* values = every.data_ptr<double>();
    return {values, values + classes_};
  }

 private:
  Tensor with(const Tensor& biases) const { return logits_.index_add(1, moved_, row(biases)); }
  Tensor row(const Tensor& biases) const {
    return biases.unsqueeze(0).expand({logits_.size(0), biases.numel()});
  }
  double value(const Tensor& biases) const {
    const double mean = at::logsumexp(with(biases), at::IntArrayRef{1}).mean().item<double>();
    return mean - (shares_ * biases).sum().item<double>();
  }

  static Tensor newton_step(const Tensor& p, const Tensor& gradient) {
    constexpr double ridge = 1e-12;
    constexpr double longest = 5;
    const Tensor curvature =
        at::diag(p.mean(0) + ridge) - at::mm(p.t(), p) / static_cast<double>(p.size(0));
    const Tensor step = at::linalg_solve(curvature, gradient.unsqueeze(1)).squeeze(1);
    return step * std::min(1.0, longest / step.abs().max().item<double>());
  }

  // Half the step until the function falls enough.
  Tensor stepped(const Tensor& from, const Tensor& gradient, const Tensor& step) const {
    const double before = value(from);
    const double slope = (gradient * step).sum().item<double>();
    double share = 1;
    while (share > 1e-6 && value(from - share * step) > before - 1e-4 * share * slope) share /= 2;
    return from - share * step;
  }

  Tensor logits_;  // [N, C]
  size_t classes_;
  bool all_;
  Tensor moved_;   // the classes whose bias moves
  Tensor shares_;  // theirs
};

}  // namespace

Prior read_prior(const std::vector<std::string>& words, const Classes& classes) {
  Prior prior;
  if (words.size() == 1 && words.front() == "uniform") {
    for (size_t c = 0; c < classes.size(); ++c) {
      prior.emplace_back(c, 1 / static_cast<double>(classes.size()));
    }
    return prior;
  }
  double sum = 0;
  for (const std::string& word : words) {
    prior.push_back(read_share(word, classes));
    sum += prior.back().second;
    const auto same = [&](const auto& one) { return one.first == prior.back().first; };
    if (std::count_if(prior.begin(), prior.end(), same) > 1) {
      throw Error(ExitCode::usage, fmt::format("prior: class \"{}\" stands there twice",
                                               printable(word.substr(0, word.rfind('=')))));
    }
  }
  if (prior.empty()) throw Error(ExitCode::usage, "prior: wanted the share of a class or more");
  const bool all = prior.size() == classes.size();
  if (all ? std::abs(sum - 1) > rounding : sum > 1 - rounding) {
    throw Error(ExitCode::usage,
                fmt::format("prior: the shares of {} sum to {:.6g}, wanted {}",
                            all ? "all classes" : "some classes", sum,
                            all ? "1" : "less than 1, to leave something for the others"));
  }
  return prior;
}

std::vector<double> mean_probabilities(const Tensor& logits, const std::vector<double>& biases) {
  const Tensor moved = logits.to(at::kDouble) + at::tensor(biases, at::kDouble);
  const Tensor means = at::softmax(moved, 1).mean(0).contiguous();
  return {means.data_ptr<double>(), means.data_ptr<double>() + means.numel()};
}

std::vector<double> fit_biases(const Tensor& logits, const Prior& prior) {
  return BiasFit(logits, prior).fit();
}

BiasBound best_common_bias(const Answers& answers, const std::vector<int64_t>& classes) {
  const Tensor known = answers.labels.ge(0);
  const Tensor on = at::tensor(classes, at::kLong);
  BiasBound best{.bias = 0, .errors = -1};
  for (int tenths = -200; tenths <= 200; ++tenths) {
    const double bias = tenths / 10.0;
    Tensor logits = answers.logits.to(at::kDouble).clone();
    logits.index_add_(1, on, at::full({logits.size(0), on.numel()}, bias, at::kDouble));
    const Tensor wrong = at::argmax(logits, 1).ne(answers.labels).logical_and(known);
    const auto errors = wrong.sum().item<int64_t>();
    const bool better = best.errors < 0 || errors < best.errors ||
                        (errors == best.errors && std::abs(bias) < std::abs(best.bias));
    if (better) best = {bias, errors};
  }
  return best;
}

}  // namespace retort
