#pragma once

#include "retort/evaluate/output_bias.hpp"
#include "retort/experiment/measure.hpp"
#include "retort/model/model.hpp"

namespace retort {

/// A model whose output biases were fitted to a prior, and what that took.
struct AdjustedModel {
  Model model;
  Adjustment record;  // no bound: that would take labels
};

/// Fits the biases of a model to a prior on what it says of unlabelled images. Throws Error (model)
/// when the model does not end in a linear map.
AdjustedModel adjusted(const Model& model, const Tensor& logits, const Prior& prior);

/// Makes the adjusted models that an experiment asks for of its student, into "adjusted-NAME" of
/// the run, and measures them on the test images, with the bound that the test labels would allow.
void adjust_student(const Plan& plan, const TrainedModel& student, const Answers& test,
                    const RunFolder& folder, RunResult& result, Progress& progress);

}  // namespace retort
