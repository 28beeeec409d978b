#include "retort/evaluate/soft_targets.hpp"

#include <ATen/TensorOperators.h>
#include <ATen/ops/argmax.h>
#include <ATen/ops/exp.h>
#include <ATen/ops/log_softmax.h>
#include <ATen/ops/softmax.h>
#include <ATen/ops/topk.h>

#include <algorithm>
#include <cassert>
#include <cmath>
#include <set>

namespace retort {
namespace {

// Which image stands for the wrong class `favours` of a class.
struct Champion {
  int64_t favours = 0;
  int64_t index = -1;
  double lead = 0;
};

// [label][wrong class]: the image of the label with the largest lead.
std::vector<std::vector<Champion>> champions(const Answers& answers) {
  const int64_t classes = answers.logits.size(1);
  const auto size = static_cast<size_t>(classes);
  std::vector<std::vector<Champion>> found(size, std::vector<Champion>(size));
  constexpr int64_t rows = 4096;
  for (int64_t start = 0; start < answers.logits.size(0); start += rows) {
    const int64_t count = std::min(rows, answers.logits.size(0) - start);
    const Tensor p = at::softmax(answers.logits.narrow(0, start, count).to(at::kDouble), 1);
    const Tensor labels = answers.labels.narrow(0, start, count).contiguous();
    const Tensor answer = at::argmax(p, 1).contiguous();
    const Tensor wrong = p.scatter(1, labels.clamp_min(0).unsqueeze(1), -1);
    const auto [values, indices] = at::topk(wrong, 2, 1);
    for (int64_t i = 0; i < count; ++i) {
      const int64_t label = labels.data_ptr<int64_t>()[i];
      if (label < 0 || answer.data_ptr<int64_t>()[i] != label) continue;
      const int64_t favours = indices.data_ptr<int64_t>()[2 * i];
      const double lead = values.data_ptr<double>()[2 * i] - values.data_ptr<double>()[2 * i + 1];
      Champion& champion = found[static_cast<size_t>(label)][static_cast<size_t>(favours)];
      if (lead > champion.lead) champion = {favours, start + i, lead};
    }
  }
  return found;
}

double entropy_bits(const std::vector<double>& p) {
  double sum = 0;
  for (const double one : p) sum -= one > 0 ? one * std::log2(one) : 0;
  return sum;
}

// Fills in what an image looks like and its soft targets.
void complete(SoftTargetExample& example, const Answers& answers, const Dataset& dataset,
              const std::vector<double>& temperatures) {
  const Tensor logits = answers.logits[example.index].to(at::kDouble);
  example.label = dataset.label(example.index);
  example.answer = at::argmax(logits, 0).item<int64_t>();
  for (const double temperature : temperatures) {
    const Tensor p = at::softmax(logits / temperature, 0).contiguous();
    example.probabilities.emplace_back(p.data_ptr<double>(), p.data_ptr<double>() + p.numel());
    example.entropy_bits.push_back(entropy_bits(example.probabilities.back()));
  }
  std::copy(dataset.shape().begin(), dataset.shape().end(), example.shape.begin());
  std::vector<float> pixels(static_cast<size_t>(element_count(dataset.shape())));
  dataset.read({.index = example.index}, pixels);
  for (const float pixel : pixels) {
    example.pixels.push_back(static_cast<uint8_t>(std::lround(255 * pixel)));
  }
}

}  // namespace

std::vector<TellingPair> telling_pairs(const Answers& answers) {
  std::vector<TellingPair> pairs;
  if (answers.logits.size(1) < 3) return pairs;
  std::vector<std::vector<Champion>> found = champions(answers);
  for (size_t label = 0; label < found.size(); ++label) {
    std::vector<Champion>& ones = found[label];
    std::stable_sort(ones.begin(), ones.end(),
                     [](const Champion& a, const Champion& b) { return a.lead > b.lead; });
    if (ones[1].index < 0) continue;
    const auto class_index = static_cast<int64_t>(label);
    pairs.push_back({.label = class_index,
                     .first = {.index = ones[0].index, .label = class_index},
                     .second = {.index = ones[1].index, .label = class_index},
                     .first_favours = ones[0].favours,
                     .second_favours = ones[1].favours,
                     .lead = ones[1].lead});
  }
  std::stable_sort(pairs.begin(), pairs.end(),
                   [](const TellingPair& a, const TellingPair& b) { return a.lead > b.lead; });
  return pairs;
}

int64_t typical_image(const Answers& answers) {
  const Tensor log_p = at::log_softmax(answers.logits.to(at::kDouble), 1);
  const Tensor entropy = -(at::exp(log_p) * log_p).sum(1).contiguous();
  const Tensor right = at::argmax(answers.logits, 1).eq(answers.labels).contiguous();
  const bool any_right = right.any().item<bool>();
  std::vector<int64_t> images;
  for (int64_t i = 0; i < entropy.numel(); ++i) {
    if (!any_right || right.data_ptr<bool>()[i]) images.push_back(i);
  }
  const auto middle = images.begin() + static_cast<int64_t>(images.size() - 1) / 2;
  std::nth_element(images.begin(), middle, images.end(), [&](int64_t a, int64_t b) {
    const double* values = entropy.data_ptr<double>();
    return values[a] < values[b] || (values[a] == values[b] && a < b);
  });
  return *middle;
}

SoftTargets soft_targets_of(const Answers& answers, const Dataset& dataset,
                            const SoftTargetQuestions& questions) {
  const std::set<double> asked(questions.temperatures.begin(), questions.temperatures.end());
  assert(!asked.empty() && (questions.temperature == 0 || asked.contains(questions.temperature)));
  SoftTargets targets{.classes = dataset.classes(),
                      .count = answers.logits.size(0),
                      .temperature = questions.temperature};
  targets.temperatures.assign(asked.begin(), asked.end());
  // Eight temperatures to a factor of ten make a smooth curve.
  std::set<double> all = {0.5, 0.7, 1,  1.4, 2,  2.5, 3,  4,  5,  6,  8,
                          10,  14,  20, 25,  32, 40,  50, 60, 80, 100};
  all.insert(asked.begin(), asked.end());
  double most_telling = -1;
  for (const double temperature : all) {
    SoftTargetsAt at_temperature = soft_targets_at(answers, temperature);
    const TemperatureStatistics& statistics = at_temperature.statistics;
    targets.statistics.push_back(statistics);
    targets.far_labels = at_temperature.far_labels;
    const bool shown = questions.temperature > 0 ? temperature == questions.temperature
                                                 : asked.contains(temperature) &&
                                                       statistics.bits_beyond_class > most_telling;
    if (!shown) continue;
    most_telling = statistics.bits_beyond_class;
    targets.similarity_temperature = temperature;
    targets.similarity = std::move(at_temperature.similarity);
  }
  targets.typical = questions.images.empty();
  if (targets.typical) targets.examples.push_back({.index = typical_image(answers)});
  for (const int64_t index : questions.images) targets.examples.push_back({.index = index});
  targets.pairs = telling_pairs(answers);
  for (SoftTargetExample& example : targets.examples) {
    complete(example, answers, dataset, targets.temperatures);
  }
  for (TellingPair& pair : targets.pairs) {
    for (SoftTargetExample* image : {&pair.first, &pair.second}) {
      complete(*image, answers, dataset, targets.temperatures);
    }
  }
  return targets;
}

}  // namespace retort
