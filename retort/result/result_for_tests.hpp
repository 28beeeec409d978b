#pragma once

#include <cmath>

#include "retort/result/run_result.hpp"

namespace retort {

/// Soft targets with every field set.
inline SoftTargets soft_targets_for_tests() {
  const SoftTargetExample example{.index = 5,
                                  .shape = {1, 1, 2},
                                  .pixels = {7, 8},
                                  .label = 1,
                                  .answer = 0,
                                  .probabilities = {{0.75, 0.25}, {0.625, 0.375}},
                                  .entropy_bits = {0.8125, 0.9375}};
  const TemperatureStatistics one{.temperature = 1,
                                  .entropy_bits = 0.5,
                                  .entropy_share = 0.5,
                                  .off_top = 0.25,
                                  .spread = 0.125,
                                  .bits_beyond_class = 0.0625,
                                  .negative_share = 0.5,
                                  .far_share = 1.0 / 3};
  TemperatureStatistics four = one;
  four.temperature = 4;
  four.entropy_bits = 0.75;
  return {.teacher = "big",
          .classes = {"zero", "one"},
          .split = "test",
          .count = 4,
          .temperature = 4,
          .temperatures = {1, 4},
          .statistics = {one, four},
          .far_labels = 0.5,
          .similarity_temperature = 4,
          .similarity = {{0.75, 0.25}, {0.125, 0.875}},
          .typical = true,
          .examples = {example},
          .pairs = {{.label = 1,
                     .first = example,
                     .second = {.index = 6},
                     .first_favours = 0,
                     .second_favours = 2,
                     .lead = 0.375}},
          .warnings = {"hot"}};
}

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
                 {.epoch = 2, .step = 20, .learning_rate = 0.05, .loss = 0.125}},
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
          .adjustments = {{.model = "fair",
                           .images = 50,
                           .prior = {0.25, std::nan("")},
                           .before = {0.125, 0.875},
                           .after = {0.25, 0.75},
                           .biases = {1.5, 0},
                           .bound_bias = 1.25,
                           .bound_errors = 1}},
          .verdicts = {{.number = "student.errors",
                        .cell = "seed=2",
                        .value = 3,
                        .least = -HUGE_VAL,
                        .most = 2,
                        .source = "a guess"}},
          .soft_targets = {soft_targets_for_tests()},
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
