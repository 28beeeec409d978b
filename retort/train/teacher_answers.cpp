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
                               const Remembering& remembering, PlainImages plain)
    : plain_(std::move(plain)) {
  for (auto& [name, predictor] : teachers) {
    Names wanted = names_of(name, names);
    if (wanted.empty()) continue;
    const bool is_plain = plain_.are_for(name);
    const auto& on_disk = remembering.on_disk;
    const auto found = std::find_if(on_disk.begin(), on_disk.end(),
                                    [&](const auto& one) { return one.teacher == name; });
    if (found != on_disk.end()) {
      recorded_.emplace_back(
          name, std::make_unique<Recorded>(std::move(predictor), std::move(wanted),
                                           is_plain ? *plain_.images : images, found->place));
      continue;
    }
    Asked& asked = is_plain ? still_ : moved_;
    asked.teachers.emplace_back(name, std::move(predictor));
    asked.wanted.push_back(std::move(wanted));
  }
  if (!remembering.in_memory) return;
  int64_t room = remembering.most_bytes;
  if (images.views() == 1) moved_.ask_all(images, room);
  if (plain_.images) still_.ask_all(*plain_.images, room);
}

NamedTensors TeacherAnswers::answers(const Batch& batch, const Recorded::Upcoming& upcoming) {
  NamedTensors values;
  add_answers(moved_, batch, values);
  add_answers(still_, batch, values);
  const auto still = [&] {
    std::vector<SampleKey> keys = upcoming();
    for (SampleKey& key : keys) key = plain_.key(key);
    return keys;
  };
  for (const auto& [name, recorded] : recorded_) {
    add_of(name,
           plain_.are_for(name) ? recorded->answers(plain_.keys(batch), still)
                                : recorded->answers(batch.keys, upcoming),
           values);
  }
  return values;
}

void TeacherAnswers::add_answers(const Asked& asked, const Batch& batch,
                                 NamedTensors& values) const {
  if (asked.teachers.empty()) return;
  if (asked.remembered.empty()) {
    for (const auto& [name, said] : asked.answers(asked.of_plain ? plain_.batch(batch) : batch)) {
      values.set(name, said);
    }
    return;
  }
  std::vector<int64_t> indices;
  for (const SampleKey& key : batch.keys) indices.push_back(key.index);
  const Tensor rows = at::tensor(indices, at::kLong);
  for (const auto& [name, all] : asked.remembered) values.set(name, at::index_select(all, 0, rows));
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

NamedTensors TeacherAnswers::Asked::answers(const Batch& batch) const {
  NamedTensors values;
  for (size_t i = 0; i < teachers.size(); ++i) {
    const auto& [name, teacher] = teachers[i];
    add_of(name, predict_in_micro_batches(*teacher, batch, wanted[i]), values);
  }
  return values;
}

void TeacherAnswers::Asked::ask_all(const Dataset& images, int64_t& room) {
  if (teachers.empty()) return;
  constexpr int64_t batch_size = 8 * micro_batch_images;
  NamedTensors all;
  int64_t first = 0, whole = 0;
  for (std::vector<SampleKey>& keys : batches_in_order(images, batch_size)) {
    stop_if_requested();
    const Batch batch = make_batch(images, std::move(keys));
    const int64_t count = batch.inputs.size(0);
    for (const auto& [name, values] : answers(batch)) {
      if (first == 0) {
        whole += static_cast<int64_t>(values.nbytes()) / count * images.size();
        if (whole > room) return;
        Shape shape = values.sizes().vec();
        shape[0] = images.size();
        all.set(name, at::empty(shape, values.options()));
      }
      all.at(name).narrow(0, first, count).copy_(values);
    }
    first += count;
  }
  remembered = std::move(all);
  room -= whole;
}

}  // namespace retort
