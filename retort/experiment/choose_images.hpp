#pragma once

#include "retort/experiment/plan.hpp"
#include "retort/experiment/run_folder.hpp"
#include "retort/result/progress.hpp"

namespace retort {

/// The planned model with those of its images that its settings choose (`images.choose`), as soon
/// as its teachers are there; itself where nothing is chosen. Images with a label stay. Of the
/// others go, in this order: near-duplicates of test images; those of whose class the teacher is
/// not sure enough; and in each class, by the teacher's answer, all but the surest. Ties go to the
/// smaller number. What became of each is written to images.csv in the model's folder, and the sum
/// of it to the result. Throws Error (usage) where none is left.
PlannedModel with_chosen_images(const PlannedModel& planned, const Teachers& teachers,
                                const RunFolder& folder, RunResult& result, Progress& progress);

}  // namespace retort
