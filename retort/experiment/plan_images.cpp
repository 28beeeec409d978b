#include "retort/experiment/plan_images.hpp"

#include <algorithm>
#include <numeric>

#include "retort/data/planned_views.hpp"
#include "retort/data/relabelled.hpp"

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
      all_(data.split(file, Split::train)),
      test_(data.split(file, Split::test)),
      split_(at_field(file, "data.validation", [&] {
        return validation_split(*all_, file.experiment.data.validation, seed_of(file));
      })) {
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
  if (!split_.validation.empty()) validation_ = subset(all_, split_.validation);
}

DatasetPointer PlanImages::chosen(const ImageSettings& settings, const std::string& path) const {
  return subset(partly_labelled(), chosen_indices(settings, path));
}

DatasetPointer PlanImages::partly_labelled() const {
  return labelled_.empty() ? all_ : with_labels_of(all_, labelled_);
}

std::vector<int64_t> PlanImages::chosen_indices(const ImageSettings& settings,
                                                const std::string& path) const {
  std::vector<int64_t> indices = split_.training;
  if (settings.include_validation) {
    indices.resize(static_cast<size_t>(all_->size()));
    std::iota(indices.begin(), indices.end(), int64_t{0});
  }
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

SeenImages PlanImages::seen(const ImageSettings& settings, const std::string& path,
                            const Classes& known, bool needs_labels) const {
  std::vector<int64_t> indices = chosen_indices(settings, path);
  const size_t all = indices.size();
  const bool few = !labelled_.empty();
  if (few && needs_labels) {
    std::erase_if(indices, [&](int64_t index) {
      return !std::binary_search(labelled_.begin(), labelled_.end(), index);
    });
  }
  const int64_t distinct = of_known(subset(all_, indices), known)->size();
  if (few && needs_labels) repeat_up_to(all, indices);
  return {of_known(subset(needs_labels ? all_ : partly_labelled(), indices), known), distinct};
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
