#pragma once

#include "retort/experiment/plan.hpp"
#include "retort/result/progress.hpp"
#include "retort/result/run_result.hpp"

namespace retort {

/// Says loudly when a teacher is hardly better than guessing on the validation images (without
/// them: on the test images).
void warn_at_chance(const PlannedModel& planned, const Predictor& teacher, const Plan& plan,
                    RunResult& result, Progress& progress);

/// The same of a model that came as a file, on validation images (without them: on some of the
/// training images), before anything learns from it. Throws Error (usage) that names the usual
/// normalisation with which the file does best, where one helps.
void refuse_at_chance(const PlannedModel& planned, const Plan& plan);

/// Throws Error (usage) where a recording without a teacher is right on the student's labelled
/// images hardly more often than guessing: its classes are in another order, or it is of others.
void refuse_recordings_at_chance(const PlannedModel& student, const Experiment& experiment);

}  // namespace retort
