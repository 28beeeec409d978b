#include "retort/data/batch.hpp"

#include <ATen/ops/empty.h>

#include <algorithm>

namespace retort {

Batch make_batch(const Dataset& dataset, std::vector<SampleKey> keys) {
  const auto count = static_cast<int64_t>(keys.size());
  Shape shape = {count};
  shape.insert(shape.end(), dataset.shape().begin(), dataset.shape().end());
  const Tensor inputs = at::empty(shape, at::kFloat);
  const Tensor classes = at::empty({count}, at::kLong);
  const auto elements = static_cast<size_t>(element_count(dataset.shape()));
  float* pixels = inputs.data_ptr<float>();
  for (const SampleKey& key : keys) {
    dataset.read(key, {pixels, elements});
    pixels += elements;
  }
  int64_t* labels = classes.data_ptr<int64_t>();
  for (const SampleKey& key : keys) *labels++ = dataset.label(key.index);
  NamedTensors targets = {{"class", classes}};
  if (!dataset.pools().empty()) {
    const Tensor pools = at::empty({count}, at::kLong);
    int64_t* pool = pools.data_ptr<int64_t>();
    for (const SampleKey& key : keys) *pool++ = dataset.pool(key.index);
    targets.set("pool", pools);
  }
  return {inputs, std::move(targets), std::move(keys)};
}

std::vector<Batch> parts_of(const Batch& batch, int64_t most) {
  const int64_t size = batch.inputs.size(0);
  if (most == 0 || most >= size) return {batch};
  std::vector<Batch> parts;
  for (int64_t first = 0; first < size; first += most) {
    const int64_t count = std::min(most, size - first);
    Batch part{batch.inputs.narrow(0, first, count), {}, {}};
    for (const auto& [name, values] : batch.targets) {
      part.targets.set(name, values.narrow(0, first, count));
    }
    if (!batch.keys.empty())
      part.keys.assign(batch.keys.begin() + first, batch.keys.begin() + first + count);
    parts.push_back(std::move(part));
  }
  return parts;
}

std::vector<std::vector<SampleKey>> batches_in_order(const Dataset& dataset, int64_t batch_size) {
  std::vector<std::vector<SampleKey>> batches;
  for (int64_t index = 0; index < dataset.size(); ++index) {
    if (index % batch_size == 0) batches.emplace_back();
    batches.back().push_back({.index = index});
  }
  return batches;
}

}  // namespace retort
