#include "retort/evaluate/answers.hpp"

#include <ATen/TensorOperators.h>
#include <ATen/ops/argmax.h>
#include <ATen/ops/cat.h>
#include <ATen/ops/exp.h>
#include <ATen/ops/log_softmax.h>

#include "retort/base/interrupt.hpp"
#include "retort/data/batch_stream.hpp"
#include "retort/result/statistics.hpp"
#include "retort/task/classification.hpp"

namespace retort {

Answers answers_of(const Predictor& predictor, const Dataset& dataset, int64_t batch_size) {
  const auto ask = [&](const Tensor& images) {
    return predictor.predict(images, {"logits"}).at("logits");
  };
  return answers_of(AskLogits(ask), dataset, batch_size);
}

Answers answers_of(const AskLogits& model, const Dataset& dataset, int64_t batch_size) {
  std::vector<Tensor> logits, labels;
  for (std::vector<SampleKey>& keys : batches_in_order(dataset, batch_size)) {
    stop_if_requested();
    const Batch batch = make_batch(dataset, std::move(keys));
    logits.push_back(model(batch.inputs));
    labels.push_back(batch.targets.at("class"));
  }
  return {at::cat(logits), at::cat(labels)};
}

Scores scores_of(const Answers& answers) {
  ClassificationMeter meter(answers.logits.size(1));
  meter.add(answers.logits, answers.labels);
  return meter.scores();
}

Agreement agreement_of(const std::string& first_name, const Answers& first,
                       const std::string& second_name, const Answers& second) {
  const Tensor log_first = at::log_softmax(first.logits.to(at::kDouble), 1);
  const Tensor log_second = at::log_softmax(second.logits.to(at::kDouble), 1);
  const Tensor divergence = (at::exp(log_second) * (log_second - log_first)).sum(1);
  const Tensor same = at::argmax(first.logits, 1).eq(at::argmax(second.logits, 1));
  return {first_name, second_name, same.to(at::kDouble).mean().item<double>(),
          divergence.mean().item<double>()};
}

PairedTest paired_test_of(const std::string& first_name, const Answers& first,
                          const std::string& second_name, const Answers& second) {
  const auto wrong = [](const Answers& answers) {
    return at::argmax(answers.logits, 1).ne(answers.labels) & answers.labels.ge(0);
  };
  const Tensor first_wrong = wrong(first), second_wrong = wrong(second);
  const auto count = [](const Tensor& which) { return which.sum().item<int64_t>(); };
  PairedTest test{first_name, second_name, count(first_wrong & second_wrong.logical_not()),
                  count(second_wrong & first_wrong.logical_not())};
  test.p = mcnemar_p(test.only_first_wrong, test.only_second_wrong);
  return test;
}

}  // namespace retort
