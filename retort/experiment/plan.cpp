#include "retort/experiment/plan.hpp"

#include <algorithm>

#include "retort/experiment/chance.hpp"
#include "retort/experiment/plan_recording.hpp"
#include "retort/experiment/planner.hpp"

namespace retort {

Plan Planner::plan() {
  add_teachers();
  add_pupils();
  for (const auto& [name, teacher] : experiment_.teachers) {
    at_field(file_, "teacher." + name + ".recorded",
             [&] { plan_recording(name, teacher, file_.folder, plan_.models.back()); });
  }
  check_rows_of_recordings_alone(plan_.models.back());
  refuse_recordings_at_chance(plan_.models.back(), experiment_);
  check_terms_know_all_classes();
  add_adjustments();
  check_expectations();
  plan_.training = images_.all();
  plan_.test = images_.test();
  plan_.validation = images_.validation();
  plan_.other_warnings = images_.other_warnings();
  for (PlannedModel& model : plan_.models) {
    model.teaches = any_reads(experiment_.objective, model.name);
    if (model.known.empty()) model.others = images_.other_tests();
  }
  for (const TermSettings& term : experiment_.objective) {
    if (const auto* distillation = std::get_if<DistillationTerm>(&term.value)) {
      plan_.temperature = distillation->temperature;
      break;
    }
  }
  return std::move(plan_);
}

void Planner::add_pupils() {
  const StudentSettings& student = experiment_.student;
  if (experiment_.twin.enabled) {
    plan_.models.push_back(trained("twin", "twin", "twin", student.model, student.images,
                                   student.train, twin_objective(experiment_), seed(), "student"));
  }
  PlannedModel planned = trained("student", "student", "student", student.model, student.images,
                                 student.train, student_objective(), seed(), "student");
  give_pools(planned);
  for (const auto& [name, teacher] : experiment_.teachers) {
    if (teacher.plain_images && any_reads(experiment_.objective, name))
      planned.asked_of_plain.push_back(name);
    if (teacher.follows_student) planned.averages.push_back({name, teacher.decay});
  }
  plan_.models.push_back(std::move(planned));
}

void Planner::check_terms_know_all_classes() const {
  for (size_t i = 0; i < experiment_.objective.size(); ++i) {
    const std::string name = experiment_.objective[i].teacher();
    for (const PlannedModel& model : plan_.models) {
      if (model.name != name || model.known.empty()) continue;
      const std::string path = fmt::format("objective.{}.teacher", i);
      throw Error(ExitCode::usage,
                  fmt::format("{}: {}: \"{}\" knows {} of the {} classes; wanted the merge that "
                              "it is part of",
                              file_.source.where(path), path, name, model.known.size(),
                              images_.classes().size()));
    }
  }
}

void Planner::add_adjustments() {
  for (size_t i = 0; i < experiment_.adjustments.size(); ++i) {
    const AdjustSettings& adjust = experiment_.adjustments[i];
    plan_.adjustments.emplace_back(adjust.name, at_field(file_, fmt::format("adjust.{}", i), [&] {
                                     return read_prior(adjust.prior, images_.classes());
                                   }));
  }
}

void Planner::check_expectations() const {
  std::vector<std::string> models;
  for (const PlannedModel& model : plan_.models) models.push_back(model.name);
  for (const auto& [name, prior] : plan_.adjustments) models.push_back(name);
  std::vector<std::pair<std::string, std::string>> others;  // model, other test images
  for (const PlannedModel& model : plan_.models) {
    if (!model.known.empty()) continue;
    for (const auto& [name, test] : images_.other_tests()) others.emplace_back(model.name, name);
  }
  for (size_t i = 0; i < experiment_.expectations.size(); ++i) {
    at_field(file_, fmt::format("expect.{}", i), [&] {
      check_expectation(experiment_.expectations[i], models, images_.classes(), others);
    });
  }
}

std::vector<TermSettings> Planner::student_objective() const {
  std::vector<TermSettings> terms = experiment_.objective;
  for (TermSettings& term : terms) {
    auto* distillation = std::get_if<DistillationTerm>(&term.value);
    if (distillation == nullptr) continue;
    for (const auto& [name, teacher] : experiment_.teachers) {
      if (name != distillation->teacher) continue;
      if (!teacher.members.empty()) distillation->mean_of_members = teacher.mean;
      if (members_of(teacher).size() > 1) say_of_merge(name, *distillation);
    }
  }
  return terms;
}

Plan make_plan(const ExperimentFile& file) {
  SharedData data;
  return make_plan(file, data);
}

Plan make_plan(const ExperimentFile& file, SharedData& data) {
  return Planner(file, data).plan();
}

}  // namespace retort
