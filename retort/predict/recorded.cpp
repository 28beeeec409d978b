#include "retort/predict/recorded.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "retort/predict/micro_batches.hpp"

namespace retort {

RecordingSubject recording_subject(const Predictor& predictor, const Names& wanted,
                                   const Dataset& images, const std::string& precision) {
  RecordingSubject subject{.teacher = predictor.fingerprint(),
                           .data = images.source_fingerprint(),
                           .transforms = images.augmentation(),
                           .samples = images.source_size(),
                           .views = images.views(),
                           .precision = precision,
                           .tensors = {}};
  const std::set<std::string> names(wanted.begin(), wanted.end());
  for (const std::string& name : names) {
    subject.tensors.push_back({name, predictor.output_shape(name)});
  }
  return subject;
}

RecordedForm recorded_form(std::shared_ptr<const Predictor> predictor, Names wanted,
                           const RecordingPlace& place) {
  if (place.top.count == 0) return {std::move(predictor), std::move(wanted)};
  std::replace(wanted.begin(), wanted.end(), std::string("logits"), place.top.name());
  return {with_top_logits(std::move(predictor)), std::move(wanted)};
}

SampleKey source_key(const Dataset& images, SampleKey key) {
  return {images.source_index(key.index), key.view};
}

std::string cannot_be_recorded(const Dataset& images) {
  if (images.views() <= Recording::most_rows / std::max<int64_t>(images.source_size(), 1))
    return "";
  return "the transforms show an image in more ways than can be recorded: shifts of a few pixels "
         "and flips can be, what is drawn from a continuous range only in train.views = N of them";
}

Recorded::Recorded(std::shared_ptr<const Predictor> predictor, Names wanted, const Dataset& images,
                   const RecordingPlace& place)
    : form_(recorded_form(std::move(predictor), wanted, place)),
      wanted_(std::move(wanted)),
      top_(place.top),
      images_(images),
      alone_(place.alone) {
  RecordingSubject subject =
      recording_subject(*form_.predictor, form_.names, images, place.precision);
  if (place.alone) {
    recording_ = Recording::open_to_read(place.folder);
    subject.precision = recording_->subject().precision;
    check_same_subject(place.folder, subject, recording_->subject());
    return;
  }
  recording_ = Recording::open(
      place.is_root ? place.folder / subject.fingerprint().text() : place.folder, subject);
}

NamedTensors Recorded::answers(const std::vector<SampleKey>& keys, const Upcoming& upcoming) {
  std::vector<SampleKey> unknown = missing(keys);
  while (unknown.size() % micro_batch_images != 0) {
    const std::vector<SampleKey> next = upcoming();
    if (next.empty()) break;
    for (const SampleKey& key : missing(next)) {
      if (unknown.size() % micro_batch_images == 0) break;
      if (std::find(unknown.begin(), unknown.end(), key) == unknown.end()) unknown.push_back(key);
    }
  }
  fill(unknown);
  const std::vector<SampleKey> sources = source_keys(keys);
  NamedTensors values;
  for (size_t i = 0; i < wanted_.size(); ++i) {
    const Tensor rows = recording_->gather(form_.names[i], sources);
    values.set(wanted_[i],
               form_.names[i] == wanted_[i]
                   ? rows
                   : logits_of_top(rows, static_cast<int64_t>(images_.classes().size()), top_));
  }
  return values;
}

void Recorded::fill(const std::vector<SampleKey>& keys) {
  const std::vector<SampleKey> unknown = missing(keys);
  if (unknown.empty()) return;
  const Batch batch = make_batch(images_, unknown);
  recording_->add(source_keys(unknown),
                  predict_in_micro_batches(*form_.predictor, batch, form_.names));
}

std::vector<SampleKey> Recorded::missing(const std::vector<SampleKey>& keys) const {
  std::vector<SampleKey> unknown;
  for (const SampleKey& key : keys) {
    if (!recording_->has(source_key(images_, key))) unknown.push_back(key);
  }
  return unknown;
}

std::vector<SampleKey> Recorded::source_keys(const std::vector<SampleKey>& keys) const {
  std::vector<SampleKey> sources;
  for (const SampleKey& key : keys) sources.push_back(source_key(images_, key));
  return sources;
}

}  // namespace retort
