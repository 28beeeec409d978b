#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "retort/evaluate/output_bias.hpp"
#include "retort/experiment/experiment.hpp"
#include "retort/experiment/merge_plan.hpp"
#include "retort/experiment/names.hpp"
#include "retort/model/start.hpp"
#include "retort/train/train.hpp"

namespace retort {

/// One model that an experiment needs: all that its training takes, made and checked beforehand.
struct PlannedModel {
  std::string name;         // the teacher's name, "twin" or "student"
  std::string role;         // teacher | gate (tells teachers apart) | twin | student
  std::string folder = {};  // in the run: "teacher-big", "twin", "student"; none: not trained here
  Graph graph = {};         // of what is trained, or of the file; none for a mean of others
  Cost cost = {};           // of one answer
  DatasetPointer images = {};      // what it sees, with its transforms
  DatasetPointer plain = {};       // the same without them
  ChoiceSettings choose = {};      // of these, when its teachers are there
  double labelled_share = 0;       // of every batch; 0: as they come
  int64_t distinct_images = 0;     // of them; few labelled ones may stand there often
  DatasetPointer validation = {};  // null where there is none for it
  DatasetPointer test = {};        // measured beside the training, chooses nothing
  TrainSettings train = {};
  std::vector<TermSettings> objective = {};
  uint64_t seed = 1;
  Start start = {};                         // weights of a file to begin with; none: all fresh
  std::shared_ptr<const Model> ready = {};  // a teacher that is there already
  Path file = {};                           // of it
  bool accept_at_chance = false;
  std::vector<std::string> members = {};  // teachers whose mean this one is: nothing is trained
  std::string mean = {};
  bool teaches = false;                               // a term of the student's objective reads it
  std::shared_ptr<const Predictor> recording = {};    // a teacher that is a recording alone
  std::vector<RecordedTeacher> recorded = {};         // of its teachers; see plan_recordings
  Names asked_of_plain = {};                          // teachers; the others see `images`
  std::vector<StudentAverageSettings> averages = {};  // teachers that it is itself
  ViewSettings views = {};                            // of an image, for the mean of members
  // Test images of other data sets, by name: measured at the end.
  std::vector<std::pair<std::string, DatasetPointer>> others = {};
  Classes known = {};  // of the data's classes, where it is a teacher of some of them; none: of all
  std::optional<PlannedMerge> merge = {};

  bool is_trained() const { return !ready && members.empty() && !recording && !merge; }
  /// What a teacher is asked of.
  const DatasetPointer& images_for(const std::string& teacher) const {
    return holds(asked_of_plain, teacher) ? plain : images;
  }
};

/// Everything that can be known of an experiment without training: its models in the order in which
/// they are made (teachers, twin, student), and the images to measure them on.
struct Plan {
  std::vector<PlannedModel> models;
  std::vector<std::pair<std::string, Prior>> adjustments;  // of the student, by name
  DatasetPointer training;                                 // all of it, as it is
  DatasetPointer test;
  DatasetPointer validation;                // null: none
  std::vector<std::string> other_warnings;  // of other data sets that are measured on
  double temperature = 1;                   // of the first distillation term

  /// What a user should know before the run: Dataset::warnings() of the training and test images,
  /// and which models see them at another size.
  std::vector<std::string> warnings() const;
};

/// Data sets that several experiments read and that are opened once.
class SharedData {
 public:
  /// `file`'s data, made to fit; other: one of its other data sets by name. Throws Error (data)
  /// like open_split, Error (usage) for images that cannot be made to fit.
  DatasetPointer split(const ExperimentFile& file, Split split, const std::string& other = "");

 private:
  std::map<std::string, DatasetPointer> opened_;
};

/// Reads the data and builds every network. Throws Error (usage) for what does not fit together,
/// Error (data) for files that are missing or damaged, Error (model) for a teacher's file.
Plan make_plan(const ExperimentFile& file);
Plan make_plan(const ExperimentFile& file, SharedData& data);

/// A model as a Predictor with the classes of the data. Throws Error (usage) that opens with
/// `where` when the classes differ, or images cannot be resized to what the model sees.
std::shared_ptr<const Predictor> teacher_of(Model model, const Dataset& data,
                                            const std::string& where);

}  // namespace retort
