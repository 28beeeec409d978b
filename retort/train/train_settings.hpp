#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "retort/config/field.hpp"
#include "retort/data/mix.hpp"
#include "retort/data/transforms.hpp"
#include "retort/train/optimiser.hpp"
#include "retort/train/schedule.hpp"

namespace retort {

/// How a model is trained: `train = { ... }`.
struct TrainSettings {
  int64_t epochs = 10;
  int64_t batch = 128;
  int64_t micro_batch = 0;  // 0: the whole batch at once
  double learning_rate = 1e-3;
  OptimiserKind optimiser = Adam{};
  Schedule schedule = LinearSchedule{};
  double warmup = 0.05;  // share of the steps
  double weight_decay = 0;
  double max_norm = 0;             // 0: none
  double clip_gradient = 0;        // 0: none
  std::string precision = "fp32";  // of the matrix products: fp32 | bf16
  std::vector<Transform> transforms;
  int64_t views = 0;  // of each image that the transforms make; 0: all
  Mix mix;            // of the images of a batch, after the transforms
  void describe(FieldVisitor& visitor);
};

}  // namespace retort
