#include "retort/experiment/plan.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>

#include "retort/data/relabelled.hpp"
#include "retort/data/subset.hpp"
#include "retort/experiment/plan_recording.hpp"
#include "retort/predict/merged.hpp"

namespace retort {
namespace {

// Does `work`; its errors begin with the place of the field that they are about.
template <class Work>
auto at_field(const ExperimentFile& file, const std::string& path, const Work& work) {
  try {
    return work();
  } catch (const Error& error) {
    throw Error(ExitCode::usage,
                fmt::format("{}: {}: {}", file.source.where(path), path, error.what()));
  }
}

// What the experiment says of a file's model in its place.
void say_of_file(const TeacherSettings& teacher, Graph& graph) {
  if (!teacher.classes.empty()) {
    const Shape outputs = graph.shape(graph.output());
    if (Shape{static_cast<int64_t>(teacher.classes.size())} != outputs) {
      throw Error(ExitCode::usage, fmt::format("classes: {} names for an output of {}",
                                               teacher.classes.size(), shape_text(outputs)));
    }
    graph.classes = teacher.classes;
  }
  rename_classes(graph.classes, teacher.rename);
  if (!teacher.normalise.mean.empty() || !teacher.normalise.deviation.empty()) {
    graph.normalisation = {teacher.normalise.mean, teacher.normalise.deviation};
    check_normalisation(graph);
  }
}

bool holds(const std::vector<std::string>& names, const std::string& name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

// The images, or null where there is none of them.
DatasetPointer some(DatasetPointer images) {
  return images && images->size() > 0 ? std::move(images) : nullptr;
}

class Planner {
 public:
  Planner(const ExperimentFile& file, SharedData& data)
      : file_(file),
        experiment_(file.experiment),
        all_(data.split(file, Split::train)),
        split_(at_field(file, "data.validation", [&] {
          return validation_split(*all_, experiment_.data.validation, seed());
        })) {
    plan_.test = data.split(file, Split::test);
    if (plan_.test->shape() != all_->shape()) {
      throw Error(ExitCode::data,
                  fmt::format("{}: data: the test images are {}, the training images {}",
                              file.source.where("data"), shape_text(plan_.test->shape()),
                              shape_text(all_->shape())));
    }
    if (experiment_.data.labelled > 0) {
      labelled_ = at_field(file, "data.labelled", [&] {
        return labelled_choice(*all_, split_.training, experiment_.data.labelled, seed());
      });
    }
    if (!split_.validation.empty()) plan_.validation = subset(all_, split_.validation);
  }

  Plan plan() {
    for (const auto& [name, teacher] : experiment_.teachers) {
      if (!teacher.tells_apart.empty()) continue;
      if (!teacher.file.empty()) add_ready_teacher(name, teacher);
      if (teacher.is_recording_alone()) {
        add_recording(name, teacher);
      } else if (teacher.file.empty() && teacher.members.empty() && teacher.merge.empty()) {
        add_teacher(name, teacher);
      }
    }
    for (const auto& [name, teacher] : experiment_.teachers) {
      if (!teacher.members.empty()) add_ensemble(name, teacher);
      if (!teacher.none.empty()) seen_[teacher.none] = split_.training;
    }
    for (const auto& [name, teacher] : experiment_.teachers) {
      if (!teacher.tells_apart.empty() && is_asked(name)) add_gate(name, teacher);
    }
    for (const auto& [name, teacher] : experiment_.teachers) {
      if (!teacher.merge.empty()) add_merge(name, teacher);
    }
    add_pupils();
    for (const auto& [name, teacher] : experiment_.teachers) {
      at_field(file_, "teacher." + name + ".recorded",
               [&] { plan_recording(name, teacher, file_.folder, plan_.models.back()); });
    }
    check_rows_of_recordings_alone(plan_.models.back());
    check_terms_know_all_classes();
    add_adjustments();
    check_expectations();
    plan_.training = all_;
    for (PlannedModel& model : plan_.models) {
      const auto& terms = experiment_.objective;
      model.teaches = std::any_of(terms.begin(), terms.end(), [&](const TermSettings& term) {
        return term.teacher() == model.name;
      });
    }
    for (const TermSettings& term : experiment_.objective) {
      if (const auto* distillation = std::get_if<DistillationTerm>(&term.value)) {
        plan_.temperature = distillation->temperature;
        break;
      }
    }
    return std::move(plan_);
  }

 private:
  uint64_t seed() const { return static_cast<uint64_t>(experiment_.seed); }

  void add_teacher(const std::string& name, const TeacherSettings& teacher) {
    const CrossEntropyTerm labels{.label_smoothing = teacher.label_smoothing};
    const uint64_t own_seed = teacher.seed > 0 ? static_cast<uint64_t>(teacher.seed) : seed();
    const Classes known = at_field(file_, "teacher." + name + ".classes", [&] {
      of_classes(*all_, {}, teacher.classes);  // there are such
      return known_of(name, teacher.classes);
    });
    plan_.models.push_back(trained(name, "teacher", "teacher-" + name, teacher.model,
                                   teacher.images, teacher.train, {TermSettings{labels}}, own_seed,
                                   "teacher." + name, known));
    seen_[name] = chosen_indices(teacher.images, "teacher." + name + ".images");
  }

  bool is_merged(const std::string& name) const {
    return std::any_of(experiment_.teachers.begin(), experiment_.teachers.end(),
                       [&](const auto& one) { return holds(one.second.merge, name); });
  }

  // The classes of the data that a teacher of some of them knows; none where it knows all.
  Classes known_of(const std::string& name, const Classes& of_teacher) const {
    if (of_teacher.empty()) return {};
    const Classes& all = all_->classes();
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

  void add_ready_teacher(const std::string& name, const TeacherSettings& teacher) {
    PlannedModel planned{.name = name, .role = "teacher"};
    planned.file = file_.folder / teacher.file;
    planned.accept_at_chance = teacher.accept_at_chance;
    Model model = open_model(planned.file);
    at_field(file_, "teacher." + name, [&] { say_of_file(teacher, model.graph); });
    if (is_merged(name) && (!model.graph.classes.empty() || !fits_unnamed(model.graph))) {
      planned.known = at_field(file_, "teacher." + name, [&] {
        const Classes& names = model.graph.classes;
        return known_of(name, names.empty() ? Classes{""} : names);
      });
    }
    if (planned.known.empty()) teacher_of(model, *all_, planned.file.string());  // fits them
    seen_[name] = split_.training;
    planned.graph = model.graph;
    planned.ready = std::make_shared<const Model>(std::move(model));
    planned.cost = cost(planned.graph);
    planned.validation = plan_.validation;
    plan_.models.push_back(std::move(planned));
  }

  void add_recording(const std::string& name, const TeacherSettings& teacher) {
    PlannedModel planned{.name = name, .role = "teacher"};
    planned.recording = recording_alone(file_.folder / teacher.recording.folder);
    plan_.models.push_back(std::move(planned));
  }

  bool fits_unnamed(const Graph& graph) const {
    return graph.shape(graph.output()) == Shape{static_cast<int64_t>(all_->classes().size())};
  }

  // A teacher that is the mean of others answers at the cost of all of them.
  void add_ensemble(const std::string& name, const TeacherSettings& teacher) {
    PlannedModel planned{.name = name, .role = "teacher"};
    planned.members = teacher.members;
    planned.mean = teacher.mean;
    planned.validation = plan_.validation;
    seen_[name] = split_.training;
    for (const PlannedModel& model : plan_.models) {
      const auto& names = planned.members;
      if (std::find(names.begin(), names.end(), model.name) == names.end()) continue;
      planned.cost.parameters += model.cost.parameters;
      planned.cost.macs += model.cost.macs;
      if (!model.validation) planned.validation = nullptr;  // a member has seen its images
      if (!model.known.empty()) {
        throw Error(ExitCode::usage,
                    fmt::format("{}: teacher.{}.members: \"{}\" knows only some of the classes; "
                                "merge = [...] is for such",
                                file_.source.where("teacher." + name), name, model.name));
      }
    }
    plan_.models.push_back(std::move(planned));
  }

  // Whether a merge asks this teacher whose image one is: else it is not needed.
  bool is_asked(const std::string& gate) const {
    return std::any_of(
        experiment_.teachers.begin(), experiment_.teachers.end(), [&](const auto& one) {
          const TeacherSettings& other = one.second;
          return !other.merge.empty() && gate_of(resolved_rule(other, experiment_, *all_)) == gate;
        });
  }

  // The members of a merge, or of what tells them apart, and what each knows.
  PlannedMerge merge_of(const std::vector<std::string>& members) const {
    PlannedMerge merge{
        .members = members, .blocks = {}, .rule = {}, .gate = {}, .none = {}, .images = {}};
    for (const std::string& member : members) {
      const auto planned = std::find_if(plan_.models.begin(), plan_.models.end(),
                                        [&](const auto& one) { return one.name == member; });
      if (planned == plan_.models.end()) {  // the class that none of the teachers knows
        merge.blocks.push_back({member});
        continue;
      }
      merge.blocks.push_back(planned->known.empty() ? all_->classes() : planned->known);
    }
    return merge;
  }

  // What tells teachers apart learns whose training image it is; the label is never seen.
  void add_gate(const std::string& name, const TeacherSettings& teacher) {
    const PlannedMerge merge = merge_of(teacher.tells_apart);
    PlannedModel planned;
    const std::string path = "teacher." + name;
    if (teacher.file.empty()) {
      const CrossEntropyTerm labels{.label_smoothing = teacher.label_smoothing};
      const uint64_t own_seed = teacher.seed > 0 ? static_cast<uint64_t>(teacher.seed) : seed();
      planned =
          trained(name, "gate", "teacher-" + name, teacher.model, teacher.images, teacher.train,
                  {TermSettings{labels}}, own_seed, path, {}, teacher.tells_apart);
      planned.images =
          transformed(at_field(file_, path + ".tells_apart",
                               [&] { return images_of_members(merge, all_, seen_, labelled_); }),
                      teacher.train.transforms);
    } else {
      planned = {.name = name, .role = "gate", .file = file_.folder / teacher.file};
      Model model = open_model(planned.file);
      at_field(file_, path, [&] {
        say_of_file(teacher, model.graph);
        class_order(teacher.tells_apart, model.graph.classes, planned.file.string());
      });
      planned.graph = model.graph;
      planned.cost = cost(planned.graph);
      planned.ready = std::make_shared<const Model>(std::move(model));
    }
    if (plan_.validation) planned.validation = some(labelled_by_owner(merge, plan_.validation));
    planned.test = labelled_by_owner(merge, plan_.test);
    plan_.models.push_back(std::move(planned));
  }

  void add_merge(const std::string& name, const TeacherSettings& teacher) {
    const std::string path = "teacher." + name;
    PlannedModel planned{.name = name, .role = "teacher"};
    planned.validation = plan_.validation;
    planned.merge = merge_of(members_of(teacher));
    planned.merge->none = teacher.none;
    planned.merge->rule = resolved_rule(teacher, experiment_, *all_);
    planned.merge->images = chosen(experiment_.student.images, "student.images");
    at_field(file_, path + ".merge", [&] { check_all_known(*planned.merge, all_->classes()); });
    at_field(file_, path + ".none", [&] { check_none(*planned.merge); });
    at_field(file_, path + ".fitted_to", [&] { check_labels_to_fit(*planned.merge); });
    at_field(file_, path + ".prior", [&] { merge_prior(planned.merge->rule, all_->classes()); });
    planned.merge->gate = gate_of(planned.merge->rule);
    for (const PlannedModel& model : plan_.models) {
      if (!holds(teacher.merge, model.name) && model.name != planned.merge->gate) continue;
      planned.cost.parameters += model.cost.parameters;
      planned.cost.macs += model.cost.macs;
      if (!model.validation) planned.validation = nullptr;
    }
    plan_.models.push_back(std::move(planned));
  }

  void add_pupils() {
    const StudentSettings& student = experiment_.student;
    if (experiment_.twin.enabled) {
      plan_.models.push_back(trained("twin", "twin", "twin", student.model, student.images,
                                     student.train, twin_objective(experiment_), seed(),
                                     "student"));
    }
    PlannedModel planned = trained("student", "student", "student", student.model, student.images,
                                   student.train, student_objective(), seed(), "student");
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
        check_unmixed(student.train.mix);
        planned.images = transformed(pooled_for(*teacher.merge, teacher.merge->images, *all_),
                                     student.train.transforms);
      });
    }
    plan_.models.push_back(std::move(planned));
  }

  void check_terms_know_all_classes() const {
    for (size_t i = 0; i < experiment_.objective.size(); ++i) {
      const std::string name = experiment_.objective[i].teacher();
      for (const PlannedModel& model : plan_.models) {
        if (model.name != name || model.known.empty()) continue;
        const std::string path = fmt::format("objective.{}.teacher", i);
        throw Error(ExitCode::usage,
                    fmt::format("{}: {}: \"{}\" knows {} of the {} classes; wanted the merge that "
                                "it is part of",
                                file_.source.where(path), path, name, model.known.size(),
                                all_->classes().size()));
      }
    }
  }

  void add_adjustments() {
    for (size_t i = 0; i < experiment_.adjustments.size(); ++i) {
      const AdjustSettings& adjust = experiment_.adjustments[i];
      plan_.adjustments.emplace_back(adjust.name, at_field(file_, fmt::format("adjust.{}", i), [&] {
                                       return read_prior(adjust.prior, all_->classes());
                                     }));
    }
  }

  void check_expectations() const {
    std::vector<std::string> models;
    for (const PlannedModel& model : plan_.models) models.push_back(model.name);
    for (const auto& [name, prior] : plan_.adjustments) models.push_back(name);
    for (size_t i = 0; i < experiment_.expectations.size(); ++i) {
      at_field(file_, fmt::format("expect.{}", i),
               [&] { check_expectation(experiment_.expectations[i], models, all_->classes()); });
    }
  }

  // The student's objective; its terms know how an ensemble's members are averaged.
  std::vector<TermSettings> student_objective() const {
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

  // What is asked of a merged teacher, by its rule.
  void say_of_merge(const std::string& name, DistillationTerm& term) const {
    const auto planned = std::find_if(plan_.models.begin(), plan_.models.end(),
                                      [&](const auto& one) { return one.name == name; });
    term.merged = true;
    if (!std::holds_alternative<Blocks>(planned->merge->rule)) return;
    for (const Classes& block : planned->merge->blocks) {
      term.blocks.push_back(known_classes(block, all_->classes(), name).classes);
    }
  }

  // known: the only classes that it sees and answers; outputs: what it tells in place of classes.
  PlannedModel trained(const std::string& name, const std::string& role, const std::string& folder,
                       const ModelSettings& model, const ImageSettings& images,
                       const TrainSettings& train, std::vector<TermSettings> objective,
                       uint64_t model_seed, const std::string& path, const Classes& known = {},
                       const Classes& outputs = {}) const {
    PlannedModel planned{.name = name, .role = role, .folder = folder};
    planned.known = known;
    const Classes& own = !outputs.empty() ? outputs : known.empty() ? all_->classes() : known;
    planned.graph =
        at_field(file_, path + ".model", [&] { return build_graph(model, all_->shape(), own); });
    planned.cost = cost(planned.graph);
    planned.start = start_of(model, planned.graph, path + ".model.init");
    const auto of_known = [&](const DatasetPointer& seen) {
      return known.empty() || !seen ? seen : only_of_classes(seen, known);
    };
    std::vector<int64_t> seen = chosen_indices(images, path + ".images");
    const bool some_labels = !labelled_.empty() && role != "student";
    const size_t all = seen.size();
    if (some_labels) keep_labelled(seen);
    planned.distinct_images = of_known(subset(all_, seen))->size();
    if (some_labels) repeat_up_to(all, seen);
    planned.images = transformed(of_known(subset(some_labels ? all_ : partly_labelled(), seen)),
                                 train.transforms);
    planned.validation = images.include_validation ? nullptr : some(of_known(plan_.validation));
    planned.test = of_known(plan_.test);
    planned.train = train;
    planned.objective = std::move(objective);
    planned.seed = model_seed;
    return planned;
  }

  Start start_of(const ModelSettings& model, const Graph& graph, const std::string& path) const {
    if (model.init.empty()) return {};
    try {
      return read_start(file_.folder / model.init, graph, model.init_head);
    } catch (const Error& error) {
      throw Error(error.code(),
                  fmt::format("{}: {}: {}", file_.source.where(path), path, error.what()));
    }
  }

  DatasetPointer partly_labelled() const {
    return labelled_.empty() ? all_ : with_labels_of(all_, labelled_);
  }

  void keep_labelled(std::vector<int64_t>& seen) const {
    std::erase_if(seen, [&](int64_t index) {
      return !std::binary_search(labelled_.begin(), labelled_.end(), index);
    });
  }

  // As many steps an epoch as with all labels.
  static void repeat_up_to(size_t count, std::vector<int64_t>& seen) {
    const std::vector<int64_t> once = seen;
    while (!once.empty() && seen.size() < count) {
      const size_t rest = std::min(once.size(), count - seen.size());
      seen.insert(seen.end(), once.begin(), once.begin() + static_cast<std::ptrdiff_t>(rest));
    }
  }

  // The training images that the student sees, and the labels that it may see.
  DatasetPointer chosen(const ImageSettings& settings, const std::string& path) const {
    return subset(partly_labelled(), chosen_indices(settings, path));
  }

  std::vector<int64_t> chosen_indices(const ImageSettings& settings,
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
        return balanced_choice(*all_, indices, settings.per_class, seed(), settings.classes);
      });
    }
    return indices;
  }

  const ExperimentFile& file_;
  const Experiment& experiment_;
  DatasetPointer all_;
  SplitIndices split_;
  std::vector<int64_t> labelled_;                     // sorted; empty: all
  std::map<std::string, std::vector<int64_t>> seen_;  // training images of teachers
  Plan plan_;
};

}  // namespace

Plan make_plan(const ExperimentFile& file) {
  SharedData data;
  return make_plan(file, data);
}

Plan make_plan(const ExperimentFile& file, SharedData& data) {
  return Planner(file, data).plan();
}

std::shared_ptr<const Predictor> teacher_of(Model model, const Dataset& data,
                                            const std::string& where) {
  std::shared_ptr<const Predictor> teacher = std::make_shared<NetworkPredictor>(std::move(model));
  if (!resizes(data.shape(), teacher->input_shape())) {
    throw Error(ExitCode::usage,
                fmt::format("{}: wants images of {}, the data are {}", where,
                            shape_text(teacher->input_shape()), shape_text(data.shape())));
  }
  return with_classes(std::move(teacher), data.classes(), where);
}

}  // namespace retort
