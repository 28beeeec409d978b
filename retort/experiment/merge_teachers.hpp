#pragma once

#include "retort/evaluate/answers.hpp"
#include "retort/experiment/plan.hpp"
#include "retort/experiment/trained_model.hpp"
#include "retort/predict/merged.hpp"
#include "retort/result/progress.hpp"
#include "retort/result/run_result.hpp"

namespace retort {

/// The merged teacher of a plan: what its rule needs is fitted on the student's images, without
/// their labels. teachers: its members and its gate, by name. Throws Error (interrupted).
std::shared_ptr<const Predictor> merged_teacher(const PlannedModel& planned,
                                                const Teachers& teachers, Progress& progress);

}  // namespace retort
