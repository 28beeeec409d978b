#pragma once

#include <string>
#include <utility>
#include <vector>

#include "retort/evaluate/answers.hpp"
#include "retort/experiment/trained_model.hpp"

namespace retort {

/// A model and what it says of the test images.
using NamedAnswers = std::vector<std::pair<std::string, Answers>>;

/// The result of a run before anything is trained, written into its folder with environment.json.
RunResult started(const ExperimentFile& file, const Plan& plan, const RunFolder& folder);

/// One model's part of the result: cost, scores on test and validation, how it was trained.
ModelResult measured(const PlannedModel& planned, const TrainedModel& trained, const Answers& test);

/// The same of a teacher that knows only some classes, on the images of these.
ModelResult measured_where_known(const PlannedModel& planned, const TrainedModel& trained,
                                 const Plan& plan);

/// How far student and twin agree with each teacher, how the student's errors compare with the
/// others' image by image, and which test images the student gets wrong.
void compare(const Plan& plan, const NamedAnswers& answers, RunResult& result);

/// Latency of every model at batch 1, on one thread and on all.
void measure_latencies(
    const std::vector<std::pair<std::string, std::shared_ptr<const Predictor>>>& models,
    RunResult& result);

}  // namespace retort
