#include "retort/train/training_state.hpp"

#include <fmt/format.h>

namespace retort {
namespace {

void add(NamedTensors& table, std::string_view owner, const NamedTensors& values) {
  for (const auto& [name, tensor] : values) table.set(fmt::format("{}/{}", owner, name), tensor);
}

// The rows "owner/NAME" as NAME.
NamedTensors part(const NamedTensors& table, const std::string& owner) {
  NamedTensors values;
  for (const auto& [name, tensor] : table) {
    if (name.starts_with(owner + "/")) values.set(name.substr(owner.size() + 1), tensor);
  }
  return values;
}

}  // namespace

Checkpoint TrainingState::checkpoint(int64_t step) const {
  Checkpoint checkpoint{.step = step, .tensors = {}, .record = record};
  add(checkpoint.tensors, "model", student.state());
  add(checkpoint.tensors, "optimiser", optimiser.state());
  add(checkpoint.tensors, "epoch", totals.state());
  for (const StudentAverage& average : averages) {
    add(checkpoint.tensors, "average/" + average.teacher(), average.state());
  }
  return checkpoint;
}

void TrainingState::restore(const Checkpoint& checkpoint) const {
  copy_values(part(checkpoint.tensors, "model"), student.state());
  optimiser.load_state(part(checkpoint.tensors, "optimiser"));
  totals.load_state(part(checkpoint.tensors, "epoch"));
  for (const StudentAverage& average : averages) {
    copy_values(part(checkpoint.tensors, "average/" + average.teacher()), average.state());
  }
  record = checkpoint.record;
}

}  // namespace retort
