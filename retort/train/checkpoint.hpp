#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "retort/base/file.hpp"
#include "retort/result/training_record.hpp"
#include "retort/tensor/named_tensors.hpp"

namespace retort {

/// Where a training stands: all that it takes to go on as if it had never stopped.
struct Checkpoint {
  int64_t step = 0;       // steps done
  NamedTensors tensors;   // "model/...", "optimiser/...", "epoch/...", "average/..."
  TrainingRecord record;  // of these steps
};

/// What a checkpoint is a checkpoint of.
struct TrainingIdentity {
  std::string settings;                        // lines that decide the model, every one of them
  std::map<std::string, std::string> machine;  // "threads" -> "2": may change the last bits
};

/// The checkpoints of one training: `step-00001500.safetensors` in a folder of their own. Each is
/// whole or absent, and carries a checksum of everything in it. The last two are kept.
class Checkpoints {
 public:
  /// every_steps: how often one is due; 0: never.
  Checkpoints(Path folder, TrainingIdentity identity, int64_t every_steps);

  struct Found {
    std::optional<Checkpoint> checkpoint;  // nothing: the training starts at its beginning
    std::vector<std::string> warnings;     // damaged ones by name; another machine
  };
  /// The newest sound one. Throws Error (model) when it is of another training, with the lines that
  /// differ, or of a newer retort.
  Found newest();

  bool due(int64_t step) const { return every_steps_ > 0 && step % every_steps_ == 0; }
  /// Writes one; then all but the last two that are known to be sound are removed. Throws Error
  /// (resources); the older ones are then as they were.
  void save(const Checkpoint& checkpoint);

 private:
  Path path_of(int64_t step) const;
  std::vector<int64_t> steps_there() const;  // falling
  void check_training(const Path& path, const std::map<std::string, std::string>& metadata) const;

  Path folder_;
  TrainingIdentity identity_;
  int64_t every_steps_;
  std::vector<int64_t> sound_;  // saved or read by this process, rising
};

}  // namespace retort
