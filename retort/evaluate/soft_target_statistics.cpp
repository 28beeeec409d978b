#include <ATen/TensorOperators.h>
#include <ATen/ops/argmax.h>
#include <ATen/ops/exp.h>
#include <ATen/ops/log.h>
#include <ATen/ops/sqrt.h>
#include <ATen/ops/xlogy.h>
#include <ATen/ops/zeros.h>
#include <ATen/ops/zeros_like.h>
#include <fmt/format.h>

#include <cmath>
#include <limits>

#include "retort/evaluate/soft_targets.hpp"

namespace retort {
namespace {

constexpr int64_t most_numbers = 1 << 20;  // of a block of rows: bounds the memory

double sum_of(const Tensor& tensor) {
  return tensor.sum().item<double>();
}

// Sums of soft targets by label.
struct ClassSums {
  Tensor sums, counts;  // [C, C], [C]

  static ClassSums of_nothing(int64_t classes) {
    return {at::zeros({classes, classes}, at::kDouble), at::zeros({classes}, at::kDouble)};
  }
  // weights: [n], 0 leaves an image out.
  void add(const Tensor& labels, const Tensor& p, const Tensor& weights) {
    sums.index_add_(0, labels, p * weights.unsqueeze(1));
    counts.index_add_(0, labels, weights);
  }
  Tensor means() const { return sums / counts.clamp_min(1).unsqueeze(1); }
};

// One block of images; sums over it are added to the totals.
class Totals {
 public:
  Totals(int64_t classes, double temperature)
      : temperature_(temperature),
        all_(ClassSums::of_nothing(classes)),
        right_(ClassSums::of_nothing(classes)) {}

  // logits: [n, C] double; labels: [n].
  void add(const Tensor& logits, const Tensor& labels) {
    const Tensor answer = at::argmax(logits, 1, true);
    const Tensor is_answer = at::zeros_like(logits, at::kBool).scatter_(1, answer, true);
    const Tensor below = logits - logits.gather(1, answer);  // <= 0
    // Relative to the answer's weight of 1, so that nothing small is lost beside it.
    const Tensor weights = at::exp(below / temperature_);
    const Tensor others = weights.masked_fill(is_answer, 0);
    const Tensor sum = 1 + others.sum(1, true);
    const Tensor p = weights / sum;
    const Tensor entropy = at::log(sum).squeeze(1) - (p * below).sum(1) / temperature_;
    entropy_ += sum_of(entropy);
    off_top_ += sum_of(others.sum(1, true) / sum);
    spread_ += sum_of(p.amax(1) - p.amin(1));
    add_gradient(logits, is_answer, p, others, sum);
    add_classes(p, entropy, labels, answer.squeeze(1));
    count_ += static_cast<double>(logits.size(0));
  }

  SoftTargetsAt result() const {
    const auto classes = static_cast<double>(all_.counts.size(0));
    SoftTargetsAt result{.statistics = {.temperature = temperature_,
                                        .entropy_bits = entropy_ / count_ / std::log(2),
                                        .entropy_share = entropy_ / count_ / std::log(classes),
                                        .off_top = off_top_ / count_,
                                        .spread = spread_ / count_,
                                        .bits_beyond_class = 0,
                                        .negative_share = negative_ / count_,
                                        .far_share = far_ / count_},
                         .far_labels = far_labels_ / count_,
                         .similarity = {}};
    // sum KL(p || m) = sum_c n_c H(m_c) - sum H(p). It is never negative; rounding could make it
    // so.
    const Tensor right = right_.means();
    const double of_means = sum_of(right_.counts * -at::xlogy(right, right).sum(1));
    const double count = std::max(1.0, sum_of(right_.counts));
    result.statistics.bits_beyond_class =
        std::max(0.0, (of_means - right_entropy_) / count / std::log(2));
    const Tensor means = all_.means().contiguous();
    for (int64_t c = 0; c < means.size(0); ++c) {
      const double* row = means.data_ptr<double>() + c * means.size(1);
      result.similarity.emplace_back(row, row + means.size(1));
    }
    return result;
  }

 private:
  // g_i up to a factor of the image: the others' weights relative to the largest of them, so that
  // a share is right even where the gradient itself is too small for a double.
  void add_gradient(const Tensor& logits, const Tensor& is_answer, const Tensor& p,
                    const Tensor& others, const Tensor& sum) {
    const Tensor second =
        logits.masked_fill(is_answer, -std::numeric_limits<double>::infinity()).amax(1, true);
    const Tensor relative = at::exp((logits - second) / temperature_).masked_fill(is_answer, 0);
    const Tensor of_answer =
        at::sqrt(relative.sum(1, true).square() + relative.square().sum(1, true)) / sum.square();
    const Tensor squares = (1 + others.square().sum(1, true)) / sum.square();  // sum_j p_j^2
    const Tensor of_others = relative / sum * at::sqrt(1 - 2 * p + squares);
    const Tensor negative = of_others.sum(1, true);
    const Tensor all = negative + of_answer;
    negative_ += sum_of(negative / all);
    const Tensor mean = logits.mean(1, true);
    const Tensor deviation = at::sqrt((logits - mean).square().mean(1, true));
    const Tensor far = logits.lt(mean - deviation).logical_and(is_answer.logical_not());
    far_ += sum_of(of_others.masked_fill(far.logical_not(), 0) / all);
    far_labels_ += sum_of(far.to(at::kDouble));
  }

  void add_classes(const Tensor& p, const Tensor& entropy, const Tensor& labels,
                   const Tensor& answers) {
    const Tensor is_right = labels.eq(answers).to(at::kDouble);
    const Tensor rows = labels.clamp_min(0);
    all_.add(rows, p, labels.ge(0).to(at::kDouble));
    right_.add(rows, p, is_right);
    right_entropy_ += sum_of(entropy * is_right);
  }

  double temperature_;
  double count_ = 0, entropy_ = 0, off_top_ = 0, spread_ = 0, negative_ = 0, far_ = 0;
  double far_labels_ = 0, right_entropy_ = 0;
  ClassSums all_, right_;  // of all images with a label, of those that the teacher gets right
};

}  // namespace

SoftTargetsAt soft_targets_at(const Answers& answers, double temperature) {
  const int64_t classes = answers.logits.size(1);
  if (classes < 2) {
    throw Error(ExitCode::usage,
                fmt::format("soft targets: wanted a model of at least two classes, "
                            "got {}",
                            classes));
  }
  if (!answers.logits.isfinite().all().item<bool>()) {
    throw Error(ExitCode::numeric, "soft targets: the model gives a logit that is no number");
  }
  Totals totals(classes, temperature);
  const int64_t rows = std::max<int64_t>(1, most_numbers / classes);
  for (int64_t at = 0; at < answers.logits.size(0); at += rows) {
    const int64_t count = std::min(rows, answers.logits.size(0) - at);
    totals.add(answers.logits.narrow(0, at, count).to(at::kDouble),
               answers.labels.narrow(0, at, count));
  }
  return totals.result();
}

std::string pointless_temperature(const TemperatureStatistics& statistics, int64_t classes) {
  // Below a hundredth of the most there can be, no wrong class has a share worth learning: of ten
  // classes that is what a target of 99.7 % and 0.3 % has.
  constexpr double least_entropy = 0.01;
  // From a twentieth of the equal share 1 / C on, p is 1 / C + (t - mean) / (T C) to two digits:
  // a higher temperature only spends digits, and distillation is matching of logits.
  constexpr double least_spread = 0.05;
  const double equal = 1.0 / static_cast<double>(classes);
  if (statistics.entropy_share < least_entropy) {
    return fmt::format(
        "the soft targets at T = {:g} are almost hard labels: their entropy is {:.2g} % of the "
        "most there can be, so they teach little that the labels do not; raise the temperature (2 "
        "to 20 is usual)",
        statistics.temperature, 100 * statistics.entropy_share);
  }
  if (statistics.spread < least_spread * equal) {
    return fmt::format(
        "the soft targets at T = {:g} are almost uniform: the largest and the smallest probability "
        "of an image differ by {:.2g} where each is about {:.2g}, so rounding eats what they say; "
        "lower the temperature (2 to 20 is usual), or match the logits (term logit_matching)",
        statistics.temperature, statistics.spread, equal);
  }
  return "";
}

}  // namespace retort
