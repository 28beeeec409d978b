#pragma once

#include <memory>

#include "retort/experiment/plan.hpp"
#include "retort/experiment/run_folder.hpp"

namespace retort {

/// A model that is ready to answer, and how it came to be.
struct TrainedModel {
  std::shared_ptr<const Predictor> predictor;
  Path file;
  bool found = false;  // trained earlier
  TrainingRecord training;
};

/// 32 digits of everything that decides the bytes of a trained model: network, images, transforms,
/// objective, training, seed and the teachers that its objective reads.
std::string training_fingerprint(const PlannedModel& planned, const Teachers& teachers);

/// Trains a planned model and writes its model.safetensors, or finds it by its fingerprint: in this
/// run's folder and, for what the labels alone have taught (teachers and twins), in those of the
/// neighbours (its files are then copied). While such a model is trained, other processes that need
/// the same one wait for it. A training that was stopped goes on from its newest sound checkpoint.
/// Its epochs are added to the metrics. Throws Error (model) for a checkpoint of another training.
TrainedModel find_or_train(const PlannedModel& planned, const Teachers& teachers,
                           const RunFolder& folder, const Experiment& experiment,
                           MetricsLog& metrics, Progress& progress);

}  // namespace retort
