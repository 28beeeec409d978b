#pragma once

#include <fmt/format.h>

#include <string>
#include <vector>

#include "retort/data/subset.hpp"
#include "retort/experiment/plan.hpp"

namespace retort {

/// Does `work`; its errors begin with the place of the field that they are about.
template <class Work>
auto at_field(const ExperimentFile& file, const std::string& path, const Work& work) {
  try {
    return work();
  } catch (const Error& error) {
    throw Error(ExitCode::usage,
                fmt::format("{}: {}: {}", file.source.where(path), path, error.what()));
  }
}

/// What a model is trained on.
struct SeenImages {
  DatasetPointer images;  // without its transforms
  int64_t distinct = 0;   // few labelled ones may stand there often
};

/// The images of an experiment, and who sees which of them.
class PlanImages {
 public:
  /// Throws Error (data) for what cannot be read, Error (usage) for a choice that cannot be had.
  PlanImages(const ExperimentFile& file, SharedData& data);

  /// All training images, as they are.
  const DatasetPointer& all() const { return all_; }
  const Classes& classes() const { return all_->classes(); }
  const DatasetPointer& test() const { return test_; }
  /// Null: none, or none with a label.
  const DatasetPointer& validation() const { return validation_; }
  /// The training images that are not held out.
  const std::vector<int64_t>& training() const { return split_.training; }
  /// Those that keep their label where few do, sorted; empty: all do.
  const std::vector<int64_t>& labelled() const { return labelled_; }

  /// The training images that these settings choose; path: of the settings in the file.
  std::vector<int64_t> chosen_indices(const ImageSettings& settings, const std::string& path) const;
  /// What a model of this role sees. known: the only classes, none: all. Where few images have a
  /// label, others than the student see these alone, as many steps an epoch as with all. Of other
  /// data sets the student sees no label; the twin sees [data] alone, as many steps of `batch`
  /// images an epoch as the student.
  SeenImages seen(const ImageSettings& settings, const std::string& path, const Classes& known,
                  const std::string& role, int64_t batch) const;

  /// Test images of other data sets that every model is measured on, by name.
  const std::vector<std::pair<std::string, DatasetPointer>>& other_tests() const {
    return other_tests_;
  }
  /// What a user should know of the other data sets that are read.
  std::vector<std::string> other_warnings() const;

 private:
  DatasetPointer partly_labelled() const;
  /// How many images an epoch of the student has.
  size_t student_epoch(const ImageSettings& settings, const std::string& path, int64_t batch) const;
  /// Images of [data]; null where labels are needed and there are none.
  SeenImages own(const ImageSettings& settings, const std::string& path, const Classes& known,
                 bool needs_labels, size_t at_least) const;
  [[noreturn]] void refuse_without_labels(const std::string& path, const Classes& known,
                                          const char* advice) const;
  DatasetPointer other(const std::string& name, Split split) const;
  DatasetPointer with_labels(const std::string& name, Split split) const;

  const ExperimentFile& file_;
  SharedData& data_;
  DatasetPointer all_, test_, validation_;
  SplitIndices split_;
  std::vector<int64_t> labelled_;
  std::vector<std::pair<std::string, DatasetPointer>> other_tests_;
};

/// The images as a training shows them: through its transforms, in its planned views.
DatasetPointer shown(DatasetPointer images, const TrainSettings& train);

/// The images of these classes; all of them where none is named. Null stays null.
DatasetPointer of_known(const DatasetPointer& images, const Classes& known);

/// The images, or null where there is none of them.
DatasetPointer some(DatasetPointer images);

}  // namespace retort
