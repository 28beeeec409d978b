#include "retort/task/classification.hpp"

#include <ATen/ops/log_softmax.h>

#include <algorithm>
#include <cassert>
#include <cmath>

namespace retort {
namespace {

size_t bin_of(double probability) {
  const auto bin = static_cast<int64_t>(std::ceil(probability * calibration_bins)) - 1;
  return static_cast<size_t>(std::clamp<int64_t>(bin, 0, calibration_bins - 1));
}

double ratio(double part, int64_t whole) {
  return whole > 0 ? part / static_cast<double>(whole) : 0;
}

}  // namespace

ClassificationMeter::ClassificationMeter(int64_t classes)
    : confusion_(static_cast<size_t>(classes), std::vector<int64_t>(static_cast<size_t>(classes))),
      bins_(calibration_bins) {}

void ClassificationMeter::add(const Tensor& logits, const Tensor& targets) {
  const auto classes = static_cast<int64_t>(confusion_.size());
  assert(logits.dim() == 2 && logits.size(1) == classes);
  const Tensor log_probabilities = at::log_softmax(logits.to(at::kDouble), 1).contiguous();
  const Tensor labels = targets.contiguous();
  for (int64_t i = 0; i < logits.size(0); ++i) {
    const int64_t label = labels.data_ptr<int64_t>()[i];
    if (label < 0) continue;
    const double* row = log_probabilities.data_ptr<double>() + i * classes;
    const int64_t answer = std::max_element(row, row + classes) - row;
    ++confusion_[static_cast<size_t>(label)][static_cast<size_t>(answer)];
    nll_ -= row[label];
    const double probability = std::exp(row[answer]);
    Scores::Bin& bin = bins_[bin_of(probability)];
    ++bin.count;
    bin.confidence += probability;
    bin.accuracy += answer == label ? 1 : 0;
  }
}

Scores ClassificationMeter::scores() const {
  Scores scores;
  scores.confusion = confusion_;
  int64_t right = 0;
  for (size_t label = 0; label < confusion_.size(); ++label) {
    int64_t of_class = 0;
    for (const int64_t count : confusion_[label]) of_class += count;
    scores.count += of_class;
    right += confusion_[label][label];
    scores.class_accuracy.push_back(ratio(static_cast<double>(confusion_[label][label]), of_class));
  }
  scores.errors = scores.count - right;
  scores.accuracy = ratio(static_cast<double>(right), scores.count);
  scores.nll = ratio(nll_, scores.count);
  for (Scores::Bin bin : bins_) {
    scores.ece += ratio(std::abs(bin.accuracy - bin.confidence), scores.count);
    bin.confidence = ratio(bin.confidence, bin.count);
    bin.accuracy = ratio(bin.accuracy, bin.count);
    scores.calibration.push_back(bin);
  }
  return scores;
}

}  // namespace retort
