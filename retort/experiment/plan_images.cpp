#include "retort/experiment/plan_images.hpp"

#include <algorithm>

#include "retort/base/error.hpp"
#include "retort/data/batch_order.hpp"
#include "retort/data/joined.hpp"
#include "retort/data/planned_views.hpp"
#include "retort/data/relabelled.hpp"
#include "retort/experiment/other_data.hpp"

namespace retort {
namespace {

uint64_t seed_of(const ExperimentFile& file) {
  return static_cast<uint64_t>(file.experiment.seed);
}

// As many steps an epoch as with all labels.
void repeat_up_to(size_t count, std::vector<int64_t>& seen) {
  const std::vector<int64_t> once = seen;
  while (!once.empty() && seen.size() < count) {
    const size_t rest = std::min(once.size(), count - seen.size());
    seen.insert(seen.end(), once.begin(), once.begin() + static_cast<std::ptrdiff_t>(rest));
  }
}

}  // namespace

PlanImages::PlanImages(const ExperimentFile& file, SharedData& data)
    : file_(file),
      data_(data),
      all_(data.split(file, Split::train)),
      test_(data.split(file, Split::test)),
      split_(at_field(file, "data.validation", [&] {
        return validation_split(*all_, file.experiment.data.validation, seed_of(file));
      })) {
  if (all_->classes().empty()) {
    throw Error(ExitCode::usage,
                fmt::format("{}: data: its images are of no classes; such a set can be an "
                            "[other.NAME]",
                            file.source.where("data")));
  }
  if (test_->shape() != all_->shape()) {
    throw Error(ExitCode::data,
                fmt::format("{}: data: the test images are {}, the training images {}",
                            file.source.where("data"), shape_text(test_->shape()),
                            shape_text(all_->shape())));
  }
  if (file.experiment.data.labelled > 0) {
    labelled_ = at_field(file, "data.labelled", [&] {
      return labelled_choice(*all_, split_.training, file.experiment.data.labelled, seed_of(file));
    });
  }
  const bool measures = std::any_of(split_.validation.begin(), split_.validation.end(),
                                    [&](int64_t index) { return all_->label(index) != no_label; });
  if (measures) validation_ = subset(all_, split_.validation);
  for (const auto& [name, other] : file.experiment.others) {
    if (other.measure) other_tests_.emplace_back(name, with_labels(name, Split::test));
  }
}

DatasetPointer PlanImages::partly_labelled() const {
  return labelled_.empty() ? all_ : with_labels_of(all_, labelled_);
}

std::vector<int64_t> PlanImages::chosen_indices(const ImageSettings& settings,
                                                const std::string& path) const {
  std::vector<int64_t> indices = settings.include_validation ? all_indices(*all_) : split_.training;
  if (!settings.classes.empty()) {
    indices = at_field(file_, path + ".classes",
                       [&] { return of_classes(*all_, indices, settings.classes); });
  }
  if (settings.per_class > 0) {
    indices = at_field(file_, path + ".per_class", [&] {
      return balanced_choice(*all_, indices, settings.per_class, seed_of(file_), settings.classes);
    });
  }
  return indices;
}

SeenImages PlanImages::own(const ImageSettings& settings, const std::string& path,
                           const Classes& known, bool needs_labels, size_t at_least) const {
  std::vector<int64_t> indices = chosen_indices(settings, path);
  if (needs_labels) {
    std::erase_if(indices, [&](int64_t index) { return all_->label(index) == no_label; });
  }
  const size_t all = std::max(indices.size(), at_least);
  const bool few = !labelled_.empty();
  if (few && needs_labels) {
    std::erase_if(indices, [&](int64_t index) {
      return !std::binary_search(labelled_.begin(), labelled_.end(), index);
    });
  }
  const int64_t distinct = of_known(subset(all_, indices), known)->size();
  if (needs_labels && distinct == 0) return {nullptr, 0};
  if (needs_labels && (few || at_least > 0)) repeat_up_to(all, indices);
  return {of_known(subset(needs_labels ? all_ : partly_labelled(), indices), known), distinct};
}

void PlanImages::refuse_without_labels(const std::string& path, const Classes& known,
                                       const char* advice) const {
  throw Error(ExitCode::usage,
              fmt::format("{}: {}: none of the training images has a label of {} to learn from{}",
                          file_.source.where(path), path,
                          printable(join(known.empty() ? classes() : known)), advice));
}

SeenImages PlanImages::seen(const ImageSettings& settings, const std::string& path,
                            const Classes& known, const std::string& role, int64_t batch) const {
  const bool is_student = role == "student";
  if (role == "twin") {
    SeenImages part = own(settings, path, known, true, student_epoch(settings, path, batch));
    if (!part.images) refuse_without_labels(path, known, "; wanted twin.enabled = false");
    return part;
  }
  std::vector<DatasetPointer> parts;
  int64_t distinct = 0;
  for (const std::string& name : settings.from) {
    SeenImages part;
    if (name == own_data) {
      part = own(settings, path, known, !is_student, 0);
    } else {
      part.images = is_student ? without_labels(other(name, Split::train), classes())
                               : of_known(with_labels(name, Split::train), known);
      part.distinct = part.images->size();
    }
    if (!part.images) continue;
    distinct += part.distinct;
    parts.push_back(std::move(part.images));
  }
  if (parts.empty()) refuse_without_labels(path, known, "");
  return {joined(std::move(parts)), distinct};
}

size_t PlanImages::student_epoch(const ImageSettings& settings, const std::string& path,
                                 int64_t batch) const {
  const DatasetPointer images = seen(settings, path, {}, "student", batch).images;
  if (settings.labelled_share == 0) return static_cast<size_t>(images->size());
  return at_field(file_, path, [&] {
    const BatchOrder order(*images, batch, 1, settings.labelled_share);
    return static_cast<size_t>(order.steps_per_epoch() * order.batch_size());
  });
}

DatasetPointer PlanImages::other(const std::string& name, Split split) const {
  DatasetPointer images = data_.split(file_, split, name);
  if (images->shape() == all_->shape()) return images;
  throw Error(ExitCode::usage,
              fmt::format("{}: other.{}: its images are {}, those of [data] {}; fit = {{ size = "
                          "[...], canvas = [...], channels = ... }} makes them fit",
                          file_.source.where("other." + name), name, shape_text(images->shape()),
                          shape_text(all_->shape())));
}

DatasetPointer PlanImages::with_labels(const std::string& name, Split split) const {
  const DatasetPointer images = other(name, split);
  return at_field(file_, "other." + name, [&] { return with_class_order(images, classes()); });
}

std::vector<std::string> PlanImages::other_warnings() const {
  std::vector<std::string> all;
  for (const auto& [name, test] : other_tests_) {
    for (const std::string& line : test->warnings()) {
      all.push_back(fmt::format("other.{}: {}", name, line));
    }
  }
  return all;
}

DatasetPointer shown(DatasetPointer images, const TrainSettings& train) {
  return in_planned_views(transformed(std::move(images), train.transforms), train.views);
}

DatasetPointer of_known(const DatasetPointer& images, const Classes& known) {
  return known.empty() || !images ? images : only_of_classes(images, known);
}

DatasetPointer some(DatasetPointer images) {
  return images && images->size() > 0 ? std::move(images) : nullptr;
}

}  // namespace retort
