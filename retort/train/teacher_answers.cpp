#include "retort/train/teacher_answers.hpp"

#include <ATen/ops/empty.h>
#include <ATen/ops/index_select.h>
#include <ATen/ops/tensor.h>
#include <fmt/format.h>

#include <algorithm>

#include "retort/base/interrupt.hpp"
#include "retort/predict/micro_batches.hpp"
#include "retort/train/qualified_names.hpp"

namespace retort {

TeacherAnswers::TeacherAnswers(Teachers teachers, const Names& names, const Dataset& images,
                               const Remembering& remembering) {
  for (auto& [name, predictor] : teachers) {
    Names wanted = names_of(name, names);
    if (wanted.empty()) continue;
    const auto& on_disk = remembering.on_disk;
    const auto found = std::find_if(on_disk.begin(), on_disk.end(),
                                    [&](const auto& one) { return one.teacher == name; });
    if (found != on_disk.end()) {
      recorded_.emplace_back(
          name, std::make_unique<Recorded>(std::move(predictor), std::move(wanted), images,
                                           found->place));
      continue;
    }
    teachers_.emplace_back(name, std::move(predictor));
    wanted_.push_back(std::move(wanted));
  }
  if (!teachers_.empty() && remembering.in_memory) ask_all(images, remembering.most_bytes);
}

NamedTensors TeacherAnswers::answers(const Batch& batch, const Recorded::Upcoming& upcoming) {
  NamedTensors values;
  if (remembers()) {
    std::vector<int64_t> indices;
    for (const SampleKey& key : batch.keys) indices.push_back(key.index);
    const Tensor rows = at::tensor(indices, at::kLong);
    for (const auto& [name, all] : remembered_) values.set(name, at::index_select(all, 0, rows));
  } else {
    values = asked(batch);
  }
  for (const auto& [name, recorded] : recorded_) {
    add_of(name, recorded->answers(batch, upcoming), values);
  }
  return values;
}

void TeacherAnswers::flush() {
  for (const auto& [name, recorded] : recorded_) recorded->flush();
}

std::vector<std::string> TeacherAnswers::notes() const {
  std::vector<std::string> lines;
  for (const auto& [name, recorded] : recorded_) {
    const Recording& recording = recorded->recording();
    lines.push_back(fmt::format("{}: recording {} has {} of {} rows of {} bytes", name,
                                recording.folder().string(), recording.rows(),
                                recording.subject().rows(), recording.subject().row_bytes()));
  }
  return lines;
}

std::vector<std::string> TeacherAnswers::warnings() const {
  std::vector<std::string> lines;
  for (const auto& [name, recorded] : recorded_) {
    for (const std::string& line : recorded->recording().warnings()) {
      lines.push_back(name + ": " + line);
    }
  }
  return lines;
}

NamedTensors TeacherAnswers::asked(const Batch& batch) const {
  NamedTensors values;
  for (size_t i = 0; i < teachers_.size(); ++i) {
    const auto& [name, teacher] = teachers_[i];
    add_of(name, predict_in_micro_batches(*teacher, batch, wanted_[i]), values);
  }
  return values;
}

void TeacherAnswers::ask_all(const Dataset& images, int64_t most_bytes) {
  constexpr int64_t batch_size = 8 * micro_batch_images;
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
