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

/// Trains a planned model and writes its model.safetensors, or finds it by its fingerprint: in this
/// run's folder and, for a teacher, in those of the neighbours (its files are then copied). The
/// fingerprint covers network, images, transforms, objective, training, seed and the teachers.
TrainedModel find_or_train(const PlannedModel& planned, const Teachers& teachers,
                           const RunFolder& folder, int64_t workers, MetricsLog& metrics,
                           Progress& progress);

}  // namespace retort
