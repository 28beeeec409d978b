#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "retort/data/batch_stream.hpp"
#include "retort/objective/objective.hpp"
#include "retort/predict/predictor.hpp"
#include "retort/result/progress.hpp"
#include "retort/train/checkpoint.hpp"
#include "retort/train/train_settings.hpp"
#include "retort/train/trainable.hpp"

namespace retort {

/// Teachers by name; they answer under "NAME/...", frozen.
using Teachers = std::vector<std::pair<std::string, std::shared_ptr<const Predictor>>>;

/// Who trains, for whom, and who listens.
struct TrainContext {
  std::string model;                    // as the progress calls it: "student"
  uint64_t seed = 0;                    // of dropout
  DatasetPointer validation = nullptr;  // measured after every epoch; null: nothing is
  LineFile* metrics = nullptr;          // gets a line of JSON an epoch; null: nobody does
  const Checkpoint* start = nullptr;    // an earlier part stopped here; null: from the beginning
  Checkpoints* checkpoints = nullptr;   // gets one when due, at a stop and at the end; null: none
};

/// The one training loop. Every step: a batch, what the teachers say of it, the student's answer,
/// the objective, a gradient, an optimiser's step. The objective's names decide what is computed:
/// "student/..." is the model being trained, "target/..." the batch's labels, "NAME/..." a teacher.
/// A training that was stopped and goes on from its checkpoint ends with the bits of one that was
/// never stopped, on the same machine with the same number of threads.
/// Throws Error (numeric) with model and step when a loss is no number, Error (interrupted) when a
/// stop is requested, Error (model) for a name that nobody answers.
TrainingRecord train(Trainable& student, const Teachers& teachers, const Objective& objective,
                     BatchStream& batches, const TrainSettings& settings,
                     const TrainContext& context, Progress& progress);

}  // namespace retort
