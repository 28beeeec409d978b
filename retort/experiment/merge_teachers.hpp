#pragma once

#include "retort/evaluate/answers.hpp"
#include "retort/experiment/measure.hpp"
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

/// What the merged teachers of a run came to on the test images: within the classes of each member
/// and between them, every label-free way to put the members together, and the gate.
/// answers: of the merged teachers, twin and student.
void examine_merges(const Plan& plan, const Teachers& teachers, const NamedAnswers& answers,
                    RunResult& result);

/// One model's answers seen as blocks; blocks: the classes of each member.
BlockScores block_scores(const std::string& model, const Answers& answers, const Classes& classes,
                         const std::vector<Classes>& blocks);

/// On how many images of classes that a member knows a gate names a member who does not know the
/// class, and how many such images there are. whose: what the gate says, [N, members]; labels: [N].
std::pair<int64_t, int64_t> gate_errors(const Tensor& whose, const Tensor& labels,
                                        const Owners& owners);

}  // namespace retort
