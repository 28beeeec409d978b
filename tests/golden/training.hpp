#pragma once

#include "retort/model/model.hpp"
#include "tests/golden/golden.hpp"

/// The network and the batches of tools/golden/training.py.
namespace retort::golden {

struct TrainingBatch {
  Tensor inputs;   // [7, 1, 28, 28]
  Tensor targets;  // [7]
  Tensor teacher;  // [7, 10]
};

inline TrainingBatch training_batch(uint64_t step) {
  return {pattern(100 + step, {7, 1, 28, 28}, 0, 1).to(at::kFloat), labels(200 + step, {7}, 10),
          pattern(300 + step, {7, 10}, -8, 8).to(at::kFloat)};
}

/// 784-32-16-10 with given weights.
inline Model small_model() {
  Graph graph({1, 28, 28});
  graph.flatten("flatten", "input");
  graph.linear("fc1", "flatten", 32);
  graph.relu("relu1", "fc1");
  graph.linear("fc2", "relu1", 16);
  graph.relu("relu2", "fc2");
  graph.linear("logits", "relu2", 10);
  Model model{graph, {}};
  uint64_t layer = 0;
  for (const ParameterSpec& spec : parameters(graph)) {
    if (spec.shape.size() == 2) {
      const double bound = std::sqrt(6.0 / static_cast<double>(spec.shape[1]));
      model.weights.set(spec.name, pattern(10 + layer, spec.shape, -bound, bound).to(at::kFloat));
    } else {
      model.weights.set(spec.name, pattern(20 + layer++, spec.shape, -0.1, 0.1).to(at::kFloat));
    }
  }
  return model;
}

}  // namespace retort::golden
