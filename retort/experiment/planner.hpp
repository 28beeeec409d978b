#pragma once

#include <map>
#include <string>
#include <vector>

#include "retort/experiment/plan_images.hpp"

namespace retort {

/// What the experiment says of a file's model in its place. Throws Error (usage) where it does not
/// fit the file.
void say_of_file(const TeacherSettings& teacher, Graph& graph);

/// Throws Error (usage) that opens with `where` when the images cannot be resized to what a model
/// sees.
void check_input(const Graph& graph, const Dataset& data, const std::string& where);

/// Makes a plan of an experiment: teachers first, then twin and student. Its steps stand in
/// plan.cpp, those for teachers in plan_teachers.cpp, those for merges in plan_merges.cpp.
class Planner {
 public:
  Planner(const ExperimentFile& file, SharedData& data)
      : file_(file), experiment_(file.experiment), images_(file, data) {}
  Plan plan();

 private:
  void add_teachers();
  void add_teacher(const std::string& name, const TeacherSettings& teacher);
  void add_ready_teacher(const std::string& name, const TeacherSettings& teacher);
  void add_recording(const std::string& name, const TeacherSettings& teacher);
  void add_ensemble(const std::string& name, const TeacherSettings& teacher);
  void add_gate(const std::string& name, const TeacherSettings& teacher);
  DatasetPointer own_images(const PlannedMerge& merge) const;
  void add_merge(const std::string& name, const TeacherSettings& teacher);
  void add_pupils();
  /// The images by pools, where a merge goes by them.
  void give_pools(PlannedModel& pupil) const;
  void add_adjustments();
  void check_terms_know_all_classes() const;
  void check_expectations() const;

  uint64_t seed() const { return static_cast<uint64_t>(experiment_.seed); }
  /// Of the models that are planned already; null: none of them.
  const PlannedModel* planned(const std::string& name) const;
  bool is_merged(const std::string& name) const;
  /// Whether a merge asks this teacher whose image one is: else it is not needed.
  bool is_asked(const std::string& gate) const;
  /// Whether one of these teachers was trained on validation images.
  bool have_seen_validation(const std::vector<std::string>& members) const;
  /// The classes of the data that a teacher of some of them knows; none where it knows all.
  Classes known_of(const std::string& name, const Classes& of_teacher) const;
  bool fits_unnamed(const Graph& graph) const;
  /// The members of a merge, or of what tells them apart, and what each knows.
  PlannedMerge merge_of(const std::vector<std::string>& members) const;
  /// The student's objective; its terms know how an ensemble's members are averaged.
  std::vector<TermSettings> student_objective() const;
  /// What is asked of a merged teacher, by its rule.
  void say_of_merge(const std::string& name, DistillationTerm& term) const;
  /// A model that is trained here. known: the only classes that it sees and answers; outputs: what
  /// it tells in place of classes.
  PlannedModel trained(const std::string& name, const std::string& role, const std::string& folder,
                       const ModelSettings& model, const ImageSettings& images,
                       const TrainSettings& train, std::vector<TermSettings> objective,
                       uint64_t model_seed, const std::string& path, const Classes& known = {},
                       const Classes& outputs = {}) const;
  /// Throws Error (usage) where there are no images to choose from, or no two
  /// kinds of them.
  void check_choice(const PlannedModel& student) const;
  Start start_of(const ModelSettings& model, const Graph& graph, const std::string& path) const;

  const ExperimentFile& file_;
  const Experiment& experiment_;
  PlanImages images_;
  std::map<std::string, std::vector<int64_t>> seen_;  // training images of teachers
  Plan plan_;
};

}  // namespace retort
