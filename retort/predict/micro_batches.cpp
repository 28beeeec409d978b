#include "retort/predict/micro_batches.hpp"

#include <ATen/ops/cat.h>

#include "retort/store/recording_file.hpp"

namespace retort {

static_assert(Network::frozen_images == micro_batch_images);

namespace {

Tensor filled_up(const Tensor& rows) {
  Shape filling(rows.sizes().begin(), rows.sizes().end());
  filling[0] = micro_batch_images - rows.size(0);
  return at::cat({rows, rows.narrow(0, 0, 1).expand(filling)});
}

Batch filled_up(Batch part) {
  if (part.inputs.size(0) == micro_batch_images) return part;
  Batch whole{filled_up(part.inputs), {}, {}};
  for (const auto& [name, rows] : part.targets) whole.targets.set(name, filled_up(rows));
  return whole;
}

}  // namespace

NamedTensors predict_in_micro_batches(const Predictor& predictor, const Batch& batch,
                                      const Names& wanted) {
  const int64_t count = batch.inputs.dim() > 0 ? batch.inputs.size(0) : 0;
  if (count == 0 || count == micro_batch_images) return predictor.predict_batch(batch, wanted);
  std::vector<NamedTensors> parts;
  for (Batch& part : parts_of(batch, micro_batch_images)) {
    parts.push_back(predictor.predict_batch(filled_up(std::move(part)), wanted));
  }
  NamedTensors result;
  for (const std::string& name : wanted) {
    std::vector<Tensor> rows;
    for (const NamedTensors& part : parts) rows.push_back(part.at(name));
    result.set(name, at::cat(rows).narrow(0, 0, count));
  }
  return result;
}

}  // namespace retort
