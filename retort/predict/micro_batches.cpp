#include "retort/predict/micro_batches.hpp"

#include <ATen/ops/cat.h>

#include "retort/store/recording_file.hpp"

namespace retort {

static_assert(Network::frozen_images == micro_batch_images);

NamedTensors predict_in_micro_batches(const Predictor& predictor, const Tensor& images,
                                      const Names& wanted) {
  const int64_t count = images.dim() > 0 ? images.size(0) : 0;
  if (count == 0 || count == micro_batch_images) return predictor.predict(images, wanted);
  std::vector<NamedTensors> parts;
  for (int64_t first = 0; first < count; first += micro_batch_images) {
    const int64_t rows = std::min(micro_batch_images, count - first);
    Tensor part = images.narrow(0, first, rows);
    if (rows < micro_batch_images) {
      Shape filling(images.sizes().begin(), images.sizes().end());
      filling[0] = micro_batch_images - rows;
      part = at::cat({part, images.narrow(0, 0, 1).expand(filling)});
    }
    parts.push_back(predictor.predict(part, wanted));
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
