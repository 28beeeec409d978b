#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "retort/base/file.hpp"
#include "retort/config/toml.hpp"
#include "retort/data/fit.hpp"
#include "retort/data/formats.hpp"
#include "retort/experiment/expect.hpp"
#include "retort/model/zoo.hpp"
#include "retort/objective/terms.hpp"
#include "retort/predict/merge_rules.hpp"
#include "retort/predict/viewed.hpp"
#include "retort/tensor/mean_of_probabilities.hpp"
#include "retort/train/student_average.hpp"
#include "retort/train/train_settings.hpp"

namespace retort {

/// `[data]`: where the images come from, and what is held out of them.
struct DataSettings {
  DataFormat format;
  Fit fit;
  int64_t validation = 0;
  int64_t labelled = 0;  // 0: all
  int64_t workers = 0;
  void describe(FieldVisitor& visitor);
};

/// How `images.from` calls the images of `[data]`.
inline constexpr const char* own_data = "data";

/// `[other.NAME]`: a further data set, to measure on and to train with (`images.from`).
struct OtherSettings {
  DataFormat format;
  Fit fit;
  bool measure = true;
  void describe(FieldVisitor& visitor);
};

/// `images.choose`: which of the images without a label a student is given.
struct ChoiceSettings {
  std::string teacher;         // whose confidence counts; empty: nobody's
  int64_t per_class = 0;       // 0: all
  double confidence = 0;       // the least
  double near_duplicates = 1;  // from this correlation on they are left out; 1: none is
  bool is_any() const { return !teacher.empty() || near_duplicates < 1; }
  void describe(FieldVisitor& visitor);
};

/// `images`: which of the training images a model sees.
struct ImageSettings {
  std::vector<std::string> from = {own_data};  // data sets by name
  Classes classes;                             // empty: all
  int64_t per_class = 0;                       // 0: all
  bool include_validation = false;
  double labelled_share = 0;  // of every batch; 0: as it comes
  ChoiceSettings choose;
  void describe(FieldVisitor& visitor);
};

/// Whether and where a teacher's answers are kept on the disk.
struct RecordingSettings {
  std::string recorded = "false";  // "true", "false" or "auto"
  std::string folder;              // empty: beside the run, under its fingerprint
  std::string precision = "fp32";
  int64_t top = 0;  // largest logits that are kept; 0: all
  void describe(FieldVisitor& visitor);
};

/// `[teacher.NAME]`: trained here, a model file that is there already, the mean of others, a merge
/// of others that know different classes, a recording of one that is not here, or an average of the
/// student itself.
struct TeacherSettings {
  std::string file;
  Classes classes;                  // what its outputs are; empty: as the file or the data say
  std::vector<std::string> rename;  // "THEIRS=OURS"
  NormaliseSettings normalise;      // of the file; empty: as it says
  bool accept_at_chance = false;
  std::vector<std::string> members;
  std::string mean = std::string(mean_by_probabilities);
  ViewSettings views;         // of its members
  bool plain_images = false;  // asked of images without the student's transforms
  bool follows_student = false;
  double decay = StudentAverageSettings{}.decay;
  RecordingSettings recording;
  std::vector<std::string> merge;
  MergeRule rule;
  std::string none;  // the class that none of the merged knows; empty: there is none such
  std::vector<std::string> tells_apart;
  ModelSettings model;
  ImageSettings images;
  TrainSettings train;
  double label_smoothing = 0;
  int64_t seed = 0;  // 0: the experiment's
  /// Whether anything is said of a training.
  bool is_trained_here() const;
  /// Whether it is a recording and nothing else.
  bool is_recording_alone() const;
  void describe(FieldVisitor& visitor);
};

/// `[student]`
struct StudentSettings {
  ModelSettings model;
  ImageSettings images;
  TrainSettings train;
  void describe(FieldVisitor& visitor);
};

/// `[twin]`: the student's network, start, images and steps, taught by the labels alone.
struct TwinSettings {
  bool enabled = true;
  void describe(FieldVisitor& visitor);
};

/// `[[adjust]]`: the student once more, its output biases fitted to a prior without labels.
struct AdjustSettings {
  std::string name;
  std::vector<std::string> prior;
  void describe(FieldVisitor& visitor);
};

/// `[checkpoints]`: how often a training is saved so that it can go on from there.
struct CheckpointSettings {
  int64_t every_steps = 500;  // 0: only at the end and when interrupted
  void describe(FieldVisitor& visitor);
};

/// What an experiment file asks for.
struct Experiment {
  std::string name;
  int64_t seed = 1;
  DataSettings data;
  std::vector<std::pair<std::string, OtherSettings>> others;
  std::vector<std::pair<std::string, TeacherSettings>> teachers;
  StudentSettings student;
  std::vector<TermSettings> objective;
  TwinSettings twin;
  std::vector<AdjustSettings> adjustments;
  std::vector<ExpectSettings> expectations;
  CheckpointSettings checkpoints;
  std::vector<std::string> teacher_names() const;
  void describe(FieldVisitor& visitor);
};

/// An experiment and the file it came from, for messages and relative paths.
struct ExperimentFile {
  Experiment experiment;
  TomlFile source;
  Path folder;  // relative paths start here
  /// The experiment with every field spelt out, as it is written into a run.
  std::string resolved_text() const;
};

/// Reads an experiment with overrides ("student.train.epochs=3") on top. Throws Error (usage) that
/// lists every field that is wrong and everything that does not fit together: a term's teacher that
/// is not there, a teacher nobody listens to, a name that is none.
ExperimentFile read_experiment(const Path& path, const std::vector<std::string>& overrides = {});
/// The same from a file that is read already. Its table `[sweep]` is left to read_sweep.
/// chooses_teachers: it is a cell of a sweep over a term's teacher, and teachers that nobody
/// listens to are left out.
ExperimentFile read_experiment(const TomlFile& source, const Path& path,
                               bool chooses_teachers = false);

/// The objective of the student's twin: the student's cross-entropy with weight 1, nothing else.
std::vector<TermSettings> twin_objective(const Experiment& experiment);

}  // namespace retort
