#include "retort/result/run_result.hpp"

namespace retort {

SameTraining same_training(const ModelResult& a, const ModelResult& b) {
  const TrainingRecord &first = a.training, &second = b.training;
  if (first.epochs.empty() || second.epochs.empty()) return {};
  return {.images = first.images_fingerprint == second.images_fingerprint,
          .steps = first.epochs.back().step == second.epochs.back().step &&
                   first.epochs.back().images == second.epochs.back().images};
}

std::optional<double> gap_closed(double student, double twin, double teacher) {
  if (twin <= teacher) return std::nullopt;
  return (twin - student) / (twin - teacher);
}

}  // namespace retort
