#pragma once

#include <string>
#include <vector>

#include "retort/base/file.hpp"
#include "retort/tensor/named_tensors.hpp"

namespace retort {

/// What a file of weights holds, whoever wrote it.
struct WeightsFile {
  /// fp32, under the file's names without what wrappers put before all of them ("module.").
  NamedTensors tensors;
  /// Of a model file of ours: its classes. Empty: the file does not say.
  std::vector<std::string> classes;
  /// Numbers that PyTorch's batch norms keep and that are no weight ("num_batches_tracked"): left
  /// out.
  int64_t counters = 0;
};

/// Reads a .safetensors file, or what an index ("NAME.safetensors.index.json") says is in several
/// beside it; a model file of ours is one too. fp16, bf16 and fp64 become fp32. Throws Error
/// (model): a file that is damaged, a shard or a tensor that is not there, a tensor of integers.
WeightsFile read_weights(const Path& path);

}  // namespace retort
