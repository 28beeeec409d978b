#include "retort/train/teacher_answers.hpp"

#include <ATen/ops/empty.h>
#include <ATen/ops/index_select.h>
#include <ATen/ops/tensor.h>

#include "retort/base/interrupt.hpp"
#include "retort/train/qualified_names.hpp"

namespace retort {

TeacherAnswers::TeacherAnswers(Teachers teachers, const Names& names, const Dataset& images,
                               bool remember, int64_t most_bytes) {
  for (auto& [name, predictor] : teachers) {
    Names wanted = names_of(name, names);
    if (wanted.empty()) continue;
    teachers_.emplace_back(name, std::move(predictor));
    wanted_.push_back(std::move(wanted));
  }
  if (!teachers_.empty() && remember) ask_all(images, most_bytes);
}

NamedTensors TeacherAnswers::answers(const Batch& batch) const {
  if (!remembers()) return asked(batch);
  std::vector<int64_t> indices;
  for (const SampleKey& key : batch.keys) indices.push_back(key.index);
  const Tensor rows = at::tensor(indices, at::kLong);
  NamedTensors values;
  for (const auto& [name, all] : remembered_) values.set(name, at::index_select(all, 0, rows));
  return values;
}

NamedTensors TeacherAnswers::asked(const Batch& batch) const {
  NamedTensors values;
  for (size_t i = 0; i < teachers_.size(); ++i) {
    const auto& [name, teacher] = teachers_[i];
    add_of(name, teacher->predict_batch(batch, wanted_[i]), values);
  }
  return values;
}

void TeacherAnswers::ask_all(const Dataset& images, int64_t most_bytes) {
  constexpr int64_t batch_size = 500;
  NamedTensors all;
  int64_t first = 0;
  for (std::vector<SampleKey>& keys : batches_in_order(images, batch_size)) {
    stop_if_requested();
    const Batch batch = make_batch(images, std::move(keys));
    const int64_t count = batch.inputs.size(0);
    int64_t bytes = 0;
    for (const auto& [name, values] : asked(batch)) {
      if (first == 0) {
        bytes += static_cast<int64_t>(values.nbytes()) / count * images.size();
        if (bytes > most_bytes) return;
        Shape shape = values.sizes().vec();
        shape[0] = images.size();
        all.set(name, at::empty(shape, values.options()));
      }
      all.at(name).narrow(0, first, count).copy_(values);
    }
    first += count;
  }
  remembered_ = std::move(all);
}

}  // namespace retort
