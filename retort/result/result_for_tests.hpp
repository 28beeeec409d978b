#pragma once

#include "retort/result/run_result.hpp"

namespace retort {

/// A run with every field set, each to another value.
inline RunResult full_result() {
  const TrainingRecord training{
      .epochs = {{.epoch = 1,
                  .step = 10,
                  .images = 600,
                  .learning_rate = 0.1,
                  .loss = 1.0 / 3,
                  .terms = {{.name = "hard", .raw = 2.5, .weighted = 0.25, .gradient_norm = 0.3}},
                  .gradient_norm = 0.7,
                  .validation_accuracy = 0.75,
                  .validation_errors = 1,
                  .test_accuracy = 0.5,
                  .test_errors = 2,
                  .images_per_second = 1234.5},
                 {.epoch = 2, .step = 20, .images = 1200, .learning_rate = 0.05, .loss = 0.125}},
      .time = {.data = 1,
               .teacher = 2,
               .forward = 3,
               .loss = 4,
               .backward = 5,
               .optimiser = 6,
               .evaluation = 7,
               .total = 30},
      .warnings = {"slow"},
      .images_fingerprint = "0123"};
  const Scores test{.count = 4,
                    .errors = 1,
                    .accuracy = 0.75,
                    .nll = 0.5,
                    .ece = 0.0625,
                    .class_accuracy = {1, 0.5},
                    .confusion = {{2, 0}, {1, 1}},
                    .calibration = {{.count = 4, .confidence = 0.875, .accuracy = 0.75}}};
  return {.experiment = "pairs",
          .seed = 7,
          .status = "done",
          .classes = {"zero", "one"},
          .models = {{.name = "big",
                      .role = "teacher",
                      .parameters = 100,
                      .macs = 90,
                      .file_bytes = 500,
                      .train_seconds = 30,
                      .images = 60,
                      .precision = "bf16",
                      .found = true,
                      .test = test,
                      .validation = {.count = 2, .accuracy = 1},
                      .training = training},
                     {.name = "student", .role = "student", .parameters = 10}},
          .agreements = {{.first = "student", .second = "big", .top1 = 0.5, .kl = 0.25}},
          .latencies = {{.model = "student", .threads = 2, .batch = 1, .p50_ms = 0.5, .p95_ms = 1}},
          .environment = {.retort = "0.1.0",
                          .libtorch = "2.11.0",
                          .cpu = "some CPU",
                          .dtype = "float32",
                          .compiler = "g++ 12",
                          .threads = 2},
          .wrong_images = {{.index = 3,
                            .shape = {1, 1, 2},
                            .pixels = {0, 255},
                            .label = 1,
                            .answer = 0,
                            .student = {0.75, 0.25},
                            .teacher = {0.5, 0.5}}},
          .report_temperature = 4,
          .export_difference = 1e-6,
          .warnings = {"look here"},
          .experiment_text = "seed = 7\n"};
}

}  // namespace retort
