#include "retort/result/training_record.hpp"

namespace retort {
namespace {

const EpochRecord* fewest(const std::vector<EpochRecord>& epochs, int64_t EpochRecord::*errors) {
  const EpochRecord* best = nullptr;
  for (const EpochRecord& epoch : epochs) {
    if (epoch.*errors < 0) continue;
    if (best == nullptr || epoch.*errors < best->*errors) best = &epoch;
  }
  return best;
}

}  // namespace

const EpochRecord* TrainingRecord::best_on_validation() const {
  return fewest(epochs, &EpochRecord::validation_errors);
}

const EpochRecord* TrainingRecord::best_on_test() const {
  return fewest(epochs, &EpochRecord::test_errors);
}

}  // namespace retort
