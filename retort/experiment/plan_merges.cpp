#include <algorithm>
#include <set>

#include "retort/data/relabelled.hpp"
#include "retort/data/subset.hpp"
#include "retort/experiment/names.hpp"
#include "retort/experiment/other_data.hpp"
#include "retort/experiment/planner.hpp"
#include "retort/predict/feature_distance.hpp"
#include "retort/predict/merged.hpp"

namespace retort {
const PlannedModel* Planner::planned(const std::string& name) const {
  const auto found = std::find_if(plan_.models.begin(), plan_.models.end(),
                                  [&](const PlannedModel& model) { return model.name == name; });
  return found == plan_.models.end() ? nullptr : &*found;
}

bool Planner::is_merged(const std::string& name) const {
  return std::any_of(experiment_.teachers.begin(), experiment_.teachers.end(),
                     [&](const auto& one) { return holds(one.second.merge, name); });
}

Classes Planner::known_of(const std::string& name, const Classes& of_teacher) const {
  if (of_teacher.empty()) return {};
  const Classes& all = images_.classes();
  const KnownClasses known = known_classes(of_teacher, all, "teacher " + name);
  if (known.classes.size() == all.size() && of_teacher.size() == all.size()) return {};
  if (!is_merged(name)) {
    throw Error(ExitCode::usage,
                fmt::format("the teacher knows {} of the {} classes and is in no merge: wanted a "
                            "teacher with merge = [\"{}\", ...]",
                            known.classes.size(), all.size(), name));
  }
  Classes names;
  for (const int64_t c : known.classes) names.push_back(all[static_cast<size_t>(c)]);
  return names;
}

bool Planner::is_asked(const std::string& gate) const {
  return std::any_of(experiment_.teachers.begin(), experiment_.teachers.end(),
                     [&](const auto& one) {
                       const TeacherSettings& other = one.second;
                       return !other.merge.empty() &&
                              gate_of(resolved_rule(other, experiment_, *images_.all())) == gate;
                     });
}

PlannedMerge Planner::merge_of(const std::vector<std::string>& members) const {
  PlannedMerge merge{
      .members = members, .blocks = {}, .rule = {}, .gate = {}, .none = {}, .images = {}};
  for (const std::string& member : members) {
    const PlannedModel* model = planned(member);
    if (model == nullptr) {  // the class that none of the teachers knows
      merge.blocks.push_back({member});
    } else {
      merge.blocks.push_back(model->known.empty() ? images_.classes() : model->known);
    }
  }
  return merge;
}

bool Planner::have_seen_validation(const std::vector<std::string>& members) const {
  return std::any_of(members.begin(), members.end(), [&](const std::string& member) {
    const PlannedModel* model = planned(member);
    return model != nullptr && !model->validation;
  });
}

// What tells teachers apart learns whose training image it is; the label is never seen.
void Planner::add_gate(const std::string& name, const TeacherSettings& teacher) {
  const PlannedMerge merge = merge_of(teacher.tells_apart);
  PlannedModel planned;
  const std::string path = "teacher." + name;
  if (teacher.file.empty()) {
    const CrossEntropyTerm labels{.label_smoothing = teacher.label_smoothing};
    const uint64_t own_seed = teacher.seed > 0 ? static_cast<uint64_t>(teacher.seed) : seed();
    planned = trained(name, "gate", "teacher-" + name, teacher.model, teacher.images, teacher.train,
                      {TermSettings{labels}}, own_seed, path, {}, teacher.tells_apart);
    planned.plain = at_field(file_, path + ".tells_apart", [&] {
      return images_of_members(merge, images_.all(), seen_, images_.labelled());
    });
    planned.images = shown(planned.plain, teacher.train);
    std::set<int64_t> distinct;  // few labelled ones stand there often
    for (int64_t i = 0; i < planned.plain->size(); ++i) {
      distinct.insert(planned.plain->source_index(i));
    }
    planned.distinct_images = static_cast<int64_t>(distinct.size());
  } else {
    planned = {.name = name, .role = "gate", .file = file_.folder / teacher.file};
    Model model = open_model(planned.file);
    at_field(file_, path, [&] {
      say_of_file(teacher, model.graph);
      check_input(model.graph, *images_.all(), planned.file.string());
      class_order(teacher.tells_apart, model.graph.classes, planned.file.string());
    });
    planned.graph = model.graph;
    planned.cost = cost(planned.graph);
    planned.ready = std::make_shared<const Model>(std::move(model));
  }
  const bool measures = images_.validation() && !have_seen_validation(merge.members);
  planned.validation = measures ? some(labelled_by_owner(merge, images_.validation())) : nullptr;
  planned.test = some(labelled_by_owner(merge, images_.test()));
  plan_.models.push_back(std::move(planned));
}

// By which features are compared; what cannot be is said before anything is trained.
DatasetPointer Planner::own_images(const PlannedMerge& merge) const {
  const DatasetPointer all = images_of_members(merge, images_.all(), seen_, images_.labelled());
  std::vector<int64_t> counts(merge.members.size()), once;
  std::set<std::pair<int64_t, int64_t>> known;  // few labelled ones stand there often
  for (int64_t i = 0; i < all->size(); ++i) {
    if (!known.emplace(all->source_index(i), all->label(i)).second) continue;
    once.push_back(i);
    ++counts[static_cast<size_t>(all->label(i))];
  }
  for (size_t m = 0; m < counts.size(); ++m) {
    const std::string& member = merge.members[m];
    check_features(planned(member)->graph, member);
    if (counts[m] >= feature_distance_images) continue;
    throw Error(ExitCode::usage,
                fmt::format("feature_distance wants {} labelled images of \"{}\" or more, got {}",
                            feature_distance_images, member, counts[m]));
  }
  return subset(all, once);
}

void Planner::add_merge(const std::string& name, const TeacherSettings& teacher) {
  const std::string path = "teacher." + name;
  PlannedModel planned{.name = name, .role = "teacher"};
  planned.validation = images_.validation();
  planned.merge = merge_of(members_of(teacher));
  planned.merge->none = teacher.none;
  planned.merge->rule = resolved_rule(teacher, experiment_, *images_.all());
  planned.merge->images = images_
                              .seen(experiment_.student.images, "student.images", {}, "student",
                                    experiment_.student.train.batch)
                              .images;
  at_field(file_, path + ".merge", [&] { check_all_known(*planned.merge, images_.classes()); });
  at_field(file_, path + ".none", [&] { check_none(*planned.merge); });
  at_field(file_, path + ".fitted_to", [&] { check_labels_to_fit(*planned.merge); });
  at_field(file_, path + ".prior", [&] { merge_prior(planned.merge->rule, images_.classes()); });
  planned.merge->gate = gate_of(planned.merge->rule);
  if (is_of_features(planned.merge->rule)) {
    at_field(file_, path + ".gate", [&] { planned.merge->own = own_images(*planned.merge); });
  }
  for (const PlannedModel& model : plan_.models) {
    if (!holds(teacher.merge, model.name) && model.name != planned.merge->gate) continue;
    planned.cost.parameters += model.cost.parameters;
    planned.cost.macs += model.cost.macs;
    if (holds(teacher.merge, model.name) && !model.validation) planned.validation = nullptr;
  }
  if (planned.merge->own) planned.cost.macs *= 2;  // the gate asks the members too
  plan_.models.push_back(std::move(planned));
}

void Planner::say_of_merge(const std::string& name, DistillationTerm& term) const {
  const PlannedMerge& merge = *planned(name)->merge;
  term.merged = true;
  if (!std::holds_alternative<Blocks>(merge.rule)) return;
  for (const Classes& block : merge.blocks) {
    term.blocks.push_back(known_classes(block, images_.classes(), name).classes);
  }
}

void Planner::give_pools(PlannedModel& pupil) const {
  const PlannedModel* pooled = nullptr;
  for (const PlannedModel& teacher : plan_.models) {
    if (!teacher.merge || !std::holds_alternative<Pools>(teacher.merge->rule)) continue;
    if (pooled != nullptr && pooled->merge->members != teacher.merge->members) {
      throw Error(ExitCode::usage,
                  fmt::format("{}: teacher.{}.merge: by pools like {}, whose teachers are {}: an "
                              "image's pool is one of them; wanted the same in the same order",
                              file_.source.where("teacher." + teacher.name), teacher.name,
                              pooled->name, join(pooled->merge->members)));
    }
    pooled = &teacher;
    at_field(file_, "teacher." + teacher.name + ".rule", [&] {
      check_unmixed(pupil.train.mix);
      if (!is_own(experiment_.student.images)) {
        throw Error(ExitCode::usage,
                    "whose pool an image is from is known of [data] alone, and student.images.from "
                    "names other sets; wanted another rule, or from = [\"data\"]");
      }
      pupil.plain = pooled_for(*teacher.merge, teacher.merge->images, *images_.all());
      pupil.images = shown(pupil.plain, pupil.train);
    });
  }
}

}  // namespace retort
