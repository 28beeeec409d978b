#pragma once

#include <functional>
#include <string>

#include "retort/predict/predictor.hpp"
#include "retort/result/run_result.hpp"
#include "retort/result/scores.hpp"

namespace retort {

/// What a predictor says of every sample of a data set.
struct Answers {
  Tensor logits;  // [size, classes]
  Tensor labels;  // [size] int64, -1: no label
};

/// What a model that need not be a Predictor says: [N, C, H, W] pixels to logits [N, classes].
using AskLogits = std::function<Tensor(const Tensor& images)>;

/// Runs the model over the data set, in order, in view 0. Throws Error (interrupted) when a
/// stop is requested.
Answers answers_of(const AskLogits& model, const Dataset& dataset, int64_t batch_size = 500);
Answers answers_of(const Predictor& predictor, const Dataset& dataset, int64_t batch_size = 500);

Scores scores_of(const Answers& answers);

/// Share of equal answers, and mean KL(second || first) at T = 1 in nats.
Agreement agreement_of(const std::string& first_name, const Answers& first,
                       const std::string& second_name, const Answers& second);

/// Which of two models gets which labelled samples wrong that the other gets right.
PairedTest paired_test_of(const std::string& first_name, const Answers& first,
                          const std::string& second_name, const Answers& second);

}  // namespace retort
