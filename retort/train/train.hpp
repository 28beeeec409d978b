#pragma once

#include <cstdint>
#include <string>

#include "retort/data/batch_stream.hpp"
#include "retort/objective/objective.hpp"
#include "retort/result/metrics_log.hpp"
#include "retort/result/progress.hpp"
#include "retort/train/checkpoint.hpp"
#include "retort/train/student_average.hpp"
#include "retort/train/teacher_answers.hpp"
#include "retort/train/train_settings.hpp"
#include "retort/train/trainable.hpp"

namespace retort {

/// Who trains, for whom, and who listens.
struct TrainContext {
  std::string model;                    // as the progress calls it: "student"
  uint64_t seed = 0;                    // of dropout
  DatasetPointer validation = nullptr;  // measured after every epoch; null: nothing is
  DatasetPointer test = nullptr;        // the same; chooses nothing
  MetricsLog* metrics = nullptr;        // gets the numbers of every epoch; null: nobody does
  const Checkpoint* start = nullptr;    // an earlier part stopped here; null: from the beginning
  std::vector<RecordedTeacher> recorded = {};  // whose answers are kept on the disk
  Checkpoints* checkpoints = nullptr;  // gets one when due, at a stop and at the end; null: none
  PlainImages plain = {};              // who is asked of images without transforms
  std::vector<StudentAverageSettings> averages = {};  // teachers that the student is itself
};

/// Teachers as they answer a student that is trained in this precision ("fp32", "bf16"): its own,
/// where the processor can.
Teachers in_precision(Teachers teachers, std::string_view precision);

/// The one training loop. Every step: a batch, what the teachers say of it (see
/// teacher_answers.hpp), the student's answer, the objective, a gradient, an optimiser's step. The
/// objective's names decide what is computed: "student/..." is the model being trained,
/// "target/..." the batch's labels, "NAME/..." a teacher, frozen or an average of the student.
/// A training that was stopped and goes on from its checkpoint ends with the bits of one that was
/// never stopped, on the same machine with the same number of threads.
/// Throws Error (numeric) with model and step when a loss is no number, Error (interrupted) when a
/// stop is requested, Error (model) for a name that nobody answers.
TrainingRecord train(Trainable& student, const Teachers& teachers, const Objective& objective,
                     BatchStream& batches, const TrainSettings& settings,
                     const TrainContext& context, Progress& progress);

}  // namespace retort
