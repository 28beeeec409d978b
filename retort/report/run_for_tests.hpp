#pragma once

#include <cmath>
#include <string>
#include <string_view>
#include <vector>

#include "retort/report/soft_targets_for_tests.hpp"
#include "retort/result/run_result.hpp"

namespace retort {

/// Scores of `classes` classes with `per_class` samples each. Every class loses some of them to
/// its two neighbours, class by class another number; `badness` scales how many.
inline Scores made_scores(size_t classes, int64_t per_class, double badness) {
  Scores scores{.count = static_cast<int64_t>(classes) * per_class,
                .nll = 0.02 * badness,
                .ece = 0.004 * badness};
  scores.confusion.assign(classes, std::vector<int64_t>(classes));
  for (size_t label = 0; label < classes; ++label) {
    const auto lost = static_cast<int64_t>(badness * static_cast<double>(2 + label * 7 % 10));
    const int64_t near = lost - lost / 3;
    scores.confusion[label][label] = per_class - lost;
    scores.confusion[label][(label + 1) % classes] += near;
    scores.confusion[label][(label + classes - 1) % classes] += lost - near;
    scores.errors += lost;
    scores.class_accuracy.push_back(1 - static_cast<double>(lost) / static_cast<double>(per_class));
  }
  scores.accuracy = 1 - static_cast<double>(scores.errors) / static_cast<double>(scores.count);
  for (int64_t bin = 0; bin < 15; ++bin) {
    const double middle = (static_cast<double>(bin) + 0.5) / 15;
    scores.calibration.push_back({.count = bin < 2     ? 0
                                           : bin == 14 ? scores.count * 9 / 10
                                                       : bin * 7,
                                  .confidence = middle,
                                  .accuracy = middle * (1 - 0.06 * badness * (1 - middle))});
  }
  return scores;
}

/// A training whose loss falls from `loss` with the epochs.
inline TrainingRecord made_training(int64_t epochs, double loss, double error) {
  TrainingRecord record;
  for (int64_t epoch = 1; epoch <= epochs; ++epoch) {
    const double left = std::exp(-static_cast<double>(epoch) / 4.0);
    record.epochs.push_back(
        {.epoch = epoch,
         .step = epoch * 100,
         .images = epoch * 12800,
         .learning_rate = 0.1 * left,
         .loss = loss * (left + 0.02),
         .terms = {{.name = "hard", .raw = loss * left, .weighted = left, .gradient_norm = 0.321}},
         .gradient_norm = 0.321,
         .validation_accuracy = 1 - error * (1 + 4 * left),
         .validation_errors = 100 + (epoch - 7) * (epoch - 7),
         .test_accuracy = 1 - 1e-4 * static_cast<double>(200 + (epoch - 9) * (epoch - 9)),
         .test_errors = 200 + (epoch - 9) * (epoch - 9),
         .images_per_second = 20000});
  }
  record.images_fingerprint = "0123456789abcdef";
  record.time = {.data = 2,
                 .teacher = 3,
                 .forward = 5,
                 .loss = 0.5,
                 .backward = 9,
                 .optimiser = 2,
                 .evaluation = 1.5,
                 .total = 24};
  return record;
}

/// 28 x 28 grey pixels: a ring, thinner with every index.
inline WrongImage made_image(int64_t index, size_t classes) {
  WrongImage image{.index = 1000 + index * 37,
                   .shape = {1, 28, 28},
                   .label = index % static_cast<int64_t>(classes),
                   .answer = (index + 1) % static_cast<int64_t>(classes),
                   .student = std::vector<double>(classes, 0.1 / static_cast<double>(classes)),
                   .teacher = std::vector<double>(classes, 0.2 / static_cast<double>(classes))};
  for (int64_t i = 0; i < 28 * 28; ++i) {
    const double distance =
        std::hypot(static_cast<double>(i % 28) - 14, static_cast<double>(i / 28) - 14);
    const double near = std::abs(distance - 8) / (3 - 0.1 * static_cast<double>(index));
    image.pixels.push_back(static_cast<uint8_t>(255 * std::max(0.0, 1 - near)));
  }
  image.student[static_cast<size_t>(image.answer)] += 0.6;
  image.student[static_cast<size_t>(image.label)] += 0.3;
  image.teacher[static_cast<size_t>(image.answer)] += 0.2;
  image.teacher[static_cast<size_t>(image.label)] += 0.6;
  return image;
}

/// A run with student, twin and teacher on digits, or on `classes` classes of the given names.
inline RunResult made_run(const std::vector<std::string>& classes) {
  const size_t count = classes.size();
  RunResult run{.experiment = "mnist-hinton",
                .seed = 1,
                .status = "done",
                .classes = classes,
                .models = {},
                .agreements = {{.first = "student", .second = "big", .top1 = 0.9764, .kl = 0.0312},
                               {.first = "twin", .second = "big", .top1 = 0.9521, .kl = 0.1127}},
                .paired = {{.first = "student",
                            .second = "twin",
                            .only_first_wrong = 83,
                            .only_second_wrong = 214,
                            .p = 1.6e-14}},
                .latencies = {},
                .environment = {.retort = "0.1.0",
                                .libtorch = "2.11.0",
                                .cpu = "Some Processor 9000 @ 2.40GHz",
                                .dtype = "float32",
                                .compiler = "g++ 12.2.0",
                                .threads = 2},
                .soft_targets = {made_soft_targets(classes)},
                .report_temperature = 4,
                .export_images = 1000,
                .export_difference = 2.4e-6,
                .experiment_text = "seed = 1\n\n[student]\nmodel = \"mlp\"\nhidden = [30]\n"};
  const auto add = [&](std::string name, std::string role, int64_t size, double badness,
                       bool found) {
    run.models.push_back({.name = name,
                          .role = std::move(role),
                          .parameters = size,
                          .macs = size - size / 50,
                          .file_bytes = 4 * size + 1200,
                          .train_seconds = 24 + static_cast<double>(size) / 1e4,
                          .images = 55000,
                          .found = found,
                          .test = made_scores(count, 1000, badness),
                          .validation = {.count = 5000, .errors = 100, .accuracy = 0.98},
                          .training = made_training(20, 0.4 * badness, 0.01 * badness)});
    for (const int64_t threads : {1, 2}) {
      const double median = 0.02 + static_cast<double>(size) / 2e7;
      run.latencies.push_back(
          {.model = name, .threads = threads, .p50_ms = median, .p95_ms = 1.2 * median});
    }
  };
  add("big", "teacher", 2395210, 1.5, true);
  add("student", "student", 23860, 3.5, false);
  add("twin", "twin", 23860, 7.0, false);
  for (int64_t index = 0; index < 24; ++index) run.wrong_images.push_back(made_image(index, count));
  return run;
}

inline std::vector<std::string> digits() {
  return {"0", "1", "2", "3", "4", "5", "6", "7", "8", "9"};
}

/// Names that would like to break out of the page.
inline std::vector<std::string> hostile_names() {
  return {"<script>alert(1)</script>",
          "\" onload=\"alert(1)",
          "' style='x",
          "a & b &lt; &#x3c;",
          std::string("nul \0 bell \x07 escape \x1b[31m", 27),
          std::string(3000, 'w'),
          "\u202Eright to left override",
          "مرحبا بالعالم",
          "not UTF-8: \xff\xc3",
          "</style></svg>{{title}}{{{style}}}<!--"};
}

/// made_run with a hostile text wherever a stranger's text may stand.
inline RunResult hostile_run() {
  RunResult run = made_run(hostile_names());
  const std::string hostile =
      "<script src=https://example.org/x></script>\"'&\x01\u202E" + std::string(500, 'x');
  run.experiment = hostile;
  run.status = "</title><img src=x onerror=alert(1)>";
  run.environment = {hostile, hostile, hostile, hostile, hostile, 2};
  run.warnings = {hostile, std::string(5000, 'y')};
  run.experiment_text = "]]></pre></details>" + hostile;
  for (ModelResult& model : run.models) model.training.warnings = {hostile};
  for (std::string* text :
       {&run.models[0].name, &run.agreements[0].second, &run.latencies[0].model}) {
    *text = hostile;
  }
  run.soft_targets[0].teacher = run.soft_targets[0].split = hostile;
  run.soft_targets[0].warnings = {hostile};
  run.soft_targets.push_back(run.soft_targets[0]);
  run.models.push_back(run.models[0]);
  run.models.back().role = hostile;
  return run;
}

/// 100 classes, colour photographs, an image that is damaged.
inline RunResult hundred_classes_run() {
  std::vector<std::string> classes;
  for (int i = 0; i < 100; ++i) classes.push_back("class-with-a-name-" + std::to_string(i));
  RunResult run = made_run(classes);
  for (WrongImage& image : run.wrong_images) {
    image.shape = {3, 150, 200};
    image.pixels.clear();
    for (int64_t i = 0; i < 3 * 150 * 200; ++i) {
      image.pixels.push_back(static_cast<uint8_t>(i / 200 + image.index * (i / 30000)));
    }
  }
  run.wrong_images[1].pixels.resize(10);
  run.wrong_images[2].label = 1000;
  return run;
}

/// Only a student without history, on a run that is not done.
inline RunResult minimal_run() {
  RunResult run;
  run.experiment = "minimal";
  run.models = {{.name = "student", .role = "student"}};
  run.models[0].test.count = 10;
  run.models[0].test.errors = 1;
  run.models[0].test.accuracy = 0.9;
  return run;
}

}  // namespace retort
