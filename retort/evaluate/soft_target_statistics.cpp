#include <ATen/TensorOperators.h>
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "retort/evaluate/soft_targets.hpp"

namespace retort {
namespace {

constexpr int64_t block = 1024;  // images that are converted to double at a time

// Sums of soft targets by label.
struct ClassSums {
  std::vector<std::vector<double>> sums;
  std::vector<double> counts;

  explicit ClassSums(size_t classes)
      : sums(classes, std::vector<double>(classes)), counts(classes) {}
  void add(size_t label, const std::vector<double>& p) {
    counts[label] += 1;
    for (size_t i = 0; i < p.size(); ++i) sums[label][i] += p[i];
  }
  std::vector<std::vector<double>> means() const {
    std::vector<std::vector<double>> result = sums;
    for (size_t c = 0; c < sums.size(); ++c) {
      for (double& one : result[c]) one /= std::max(1.0, counts[c]);
    }
    return result;
  }
};

double entropy_of(const std::vector<double>& p) {
  double entropy = 0;
  for (const double one : p) entropy -= one > 0 ? one * std::log(one) : 0;
  return entropy;
}

// Sums over images, one at a time: rows are too short for anything but a plain loop to be fast.
class Totals {
 public:
  Totals(int64_t classes, double temperature)
      : temperature_(temperature),
        classes_(static_cast<size_t>(classes)),
        weights_(classes_),
        p_(classes_),
        all_(classes_),
        right_(classes_) {}

  // logits: of one image; label -1: none.
  void add(const double* logits, int64_t label) {
    const auto answer = static_cast<size_t>(std::max_element(logits, logits + classes_) - logits);
    double others = 0, squares = 0, entropy = 0;
    for (size_t i = 0; i < classes_; ++i) {
      // Relative to the answer's weight of 1, so that nothing small is lost beside it.
      weights_[i] = std::exp((logits[i] - logits[answer]) / temperature_);
      if (i == answer) continue;
      others += weights_[i];
      squares += weights_[i] * weights_[i];
    }
    const double sum = 1 + others;
    for (size_t i = 0; i < classes_; ++i) {
      p_[i] = weights_[i] / sum;
      entropy -= p_[i] * (logits[i] - logits[answer]) / temperature_;
    }
    entropy += std::log1p(others);
    entropy_ += entropy;
    off_top_ += others / sum;
    spread_ += p_[answer] - *std::min_element(p_.begin(), p_.end());
    add_gradient(logits, answer, sum, (1 + squares) / (sum * sum));
    add_classes(label, answer, entropy);
    count_ += 1;
  }

  SoftTargetsAt result() const {
    const double bits = 1 / std::log(2);
    SoftTargetsAt result{
        .statistics = {.temperature = temperature_,
                       .entropy_bits = entropy_ / count_ * bits,
                       .entropy_share = entropy_ / count_ / std::log(static_cast<double>(classes_)),
                       .off_top = off_top_ / count_,
                       .spread = spread_ / count_,
                       .bits_beyond_class = 0,
                       .negative_share = negative_ / count_,
                       .far_share = far_ / count_},
        .far_labels = far_labels_ / count_,
        .similarity = all_.means()};
    // sum KL(p || m) = sum_c n_c H(m_c) - sum H(p). It is never negative; rounding could make it
    // so.
    double of_means = 0, count = 0;
    const std::vector<std::vector<double>> means = right_.means();
    for (size_t c = 0; c < classes_; ++c) {
      of_means += right_.counts[c] * entropy_of(means[c]);
      count += right_.counts[c];
    }
    result.statistics.bits_beyond_class =
        std::max(0.0, (of_means - right_entropy_) / std::max(1.0, count) * bits);
    return result;
  }

 private:
  // g_i up to a factor of the image: the others' weights relative to the largest of them, so that
  // a share is right even where the gradient itself is too small for a double.
  void add_gradient(const double* logits, size_t answer, double sum, double squares_of_p) {
    double second = -std::numeric_limits<double>::infinity(), mean = 0, variance = 0;
    for (size_t i = 0; i < classes_; ++i) {
      if (i != answer) second = std::max(second, logits[i]);
      mean += logits[i] / static_cast<double>(classes_);
    }
    for (size_t i = 0; i < classes_; ++i) {
      variance += (logits[i] - mean) * (logits[i] - mean) / static_cast<double>(classes_);
    }
    const double lowest = mean - std::sqrt(variance);
    double relatives = 0, squares = 0, negative = 0, far = 0;
    for (size_t i = 0; i < classes_; ++i) {
      if (i == answer) continue;
      const double relative = std::exp((logits[i] - second) / temperature_);
      relatives += relative;
      squares += relative * relative;
      const double size = relative / sum * std::sqrt(1 - 2 * p_[i] + squares_of_p);
      negative += size;
      if (logits[i] >= lowest) continue;
      far += size;
      far_labels_ += 1;
    }
    const double of_answer = std::sqrt(relatives * relatives + squares) / (sum * sum);
    negative_ += negative / (negative + of_answer);
    far_ += far / (negative + of_answer);
  }

  void add_classes(int64_t label, size_t answer, double entropy) {
    if (label < 0) return;
    const auto index = static_cast<size_t>(label);
    all_.add(index, p_);
    if (index != answer) return;
    right_.add(index, p_);
    right_entropy_ += entropy;
  }

  double temperature_;
  size_t classes_;
  double count_ = 0, entropy_ = 0, off_top_ = 0, spread_ = 0, negative_ = 0, far_ = 0;
  double far_labels_ = 0, right_entropy_ = 0;
  std::vector<double> weights_, p_;  // of the image at hand
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
  const Tensor labels = answers.labels.contiguous();
  for (int64_t start = 0; start < answers.logits.size(0); start += block) {
    const int64_t count = std::min(block, answers.logits.size(0) - start);
    const Tensor rows = answers.logits.narrow(0, start, count).to(at::kDouble).contiguous();
    for (int64_t i = 0; i < count; ++i) {
      totals.add(rows.data_ptr<double>() + i * classes, labels.data_ptr<int64_t>()[start + i]);
    }
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
