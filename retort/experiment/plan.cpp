#include "retort/experiment/plan.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>

#include "retort/data/subset.hpp"
#include "retort/experiment/plan_recording.hpp"
#include "retort/model/logits.hpp"

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
  if (!teacher.normalise.mean.empty() || !teacher.normalise.deviation.empty()) {
    graph.normalisation = {teacher.normalise.mean, teacher.normalise.deviation};
    check_normalisation(graph);
  }
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
    if (experiment_.data.labels > 0) {
      labelled_ = at_field(file, "data.labels", [&] {
        return labelled_choice(*all_, split_.training, experiment_.data.labels, seed());
      });
    }
    if (!split_.validation.empty()) plan_.validation = subset(all_, split_.validation);
  }

  Plan plan() {
    for (const auto& [name, teacher] : experiment_.teachers) {
      if (!teacher.file.empty()) add_ready_teacher(name, teacher);
      if (teacher.is_recording_alone()) {
        add_recording(name, teacher);
      } else if (teacher.file.empty() && teacher.members.empty()) {
        add_teacher(name, teacher);
      }
    }
    for (const auto& [name, teacher] : experiment_.teachers) {
      if (!teacher.members.empty()) add_ensemble(name, teacher);
    }
    const StudentSettings& student = experiment_.student;
    if (experiment_.twin.enabled) {
      plan_.models.push_back(trained("twin", "twin", "twin", student.model, student.images,
                                     student.train, twin_objective(experiment_), seed(),
                                     "student"));
    }
    plan_.models.push_back(trained("student", "student", "student", student.model, student.images,
                                   student.train, student_objective(), seed(), "student"));
    for (const auto& [name, teacher] : experiment_.teachers) {
      at_field(file_, "teacher." + name + ".recorded",
               [&] { plan_recording(name, teacher, file_.folder, plan_.models.back()); });
    }
    check_rows_of_recordings_alone(plan_.models.back());
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
    plan_.models.push_back(trained(name, "teacher", "teacher-" + name, teacher.model,
                                   teacher.images, teacher.train, {TermSettings{labels}}, own_seed,
                                   "teacher." + name));
  }

  void add_ready_teacher(const std::string& name, const TeacherSettings& teacher) {
    PlannedModel planned{.name = name, .role = "teacher"};
    planned.file = file_.folder / teacher.file;
    planned.accept_at_chance = teacher.accept_at_chance;
    Model model = open_model(planned.file);
    at_field(file_, "teacher." + name, [&] { say_of_file(teacher, model.graph); });
    teacher_of(model, *all_, planned.file.string());  // fits them
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

  // A teacher that is the mean of others answers at the cost of all of them.
  void add_ensemble(const std::string& name, const TeacherSettings& teacher) {
    PlannedModel planned{.name = name, .role = "teacher"};
    planned.members = teacher.members;
    planned.mean = teacher.mean;
    planned.validation = plan_.validation;
    for (const PlannedModel& model : plan_.models) {
      const auto& names = planned.members;
      if (std::find(names.begin(), names.end(), model.name) == names.end()) continue;
      planned.cost.parameters += model.cost.parameters;
      planned.cost.macs += model.cost.macs;
      if (!model.validation) planned.validation = nullptr;  // a member has seen its images
    }
    plan_.models.push_back(std::move(planned));
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
        if (name == distillation->teacher && !teacher.members.empty()) {
          distillation->mean_of_members = teacher.mean;
        }
      }
    }
    return terms;
  }

  PlannedModel trained(const std::string& name, const std::string& role, const std::string& folder,
                       const ModelSettings& model, const ImageSettings& images,
                       const TrainSettings& train, std::vector<TermSettings> objective,
                       uint64_t model_seed, const std::string& path) const {
    PlannedModel planned{.name = name, .role = role, .folder = folder};
    planned.graph = at_field(file_, path + ".model",
                             [&] { return build_graph(model, all_->shape(), all_->classes()); });
    planned.cost = cost(planned.graph);
    planned.start = start_of(model, planned.graph, path + ".model.init");
    std::vector<int64_t> seen = chosen(images, path + ".images");
    const bool learns_from_teachers = role == "student";
    planned.distinct_images = static_cast<int64_t>(seen.size());
    if (!labelled_.empty() && !learns_from_teachers) {
      const size_t all = seen.size();
      std::erase_if(seen, [&](int64_t index) {
        return !std::binary_search(labelled_.begin(), labelled_.end(), index);
      });
      planned.distinct_images = static_cast<int64_t>(seen.size());
      // As many steps an epoch as with all labels.
      const std::vector<int64_t> once = seen;
      for (size_t i = 1; !once.empty() && i < all / once.size(); ++i) {
        seen.insert(seen.end(), once.begin(), once.end());
      }
    }
    const bool hides = !labelled_.empty() && learns_from_teachers;
    planned.images =
        transformed(subset(hides ? with_labels_of(all_, labelled_) : all_, seen), train.transforms);
    planned.validation = images.include_validation ? nullptr : plan_.validation;
    planned.test = plan_.test;
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

  // The training images that a model sees.
  std::vector<int64_t> chosen(const ImageSettings& settings, const std::string& path) const {
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
  std::vector<int64_t> labelled_;  // sorted; empty: all
  Plan plan_;
};

}  // namespace

std::vector<std::string> Plan::warnings() const {
  std::vector<std::string> lines = training->warnings();
  const std::vector<std::string> of_test = test->warnings();
  lines.insert(lines.end(), of_test.begin(), of_test.end());
  for (const PlannedModel& model : models) {
    if (model.graph.nodes().empty()) continue;
    const std::string why = model.ready ? not_logits(model.graph) : "";
    if (!why.empty()) lines.push_back(fmt::format("{}: {}", model.name, why));
    if (model.graph.input_shape() == test->shape()) continue;
    lines.push_back(fmt::format("{} sees the images, which are {}, resized to {}", model.name,
                                shape_text(test->shape()), shape_text(model.graph.input_shape())));
  }
  return lines;
}

DatasetPointer SharedData::split(const ExperimentFile& file, Split split) {
  DataFormat format = file.experiment.data.format;
  const std::string settings =
      toml_text([&](FieldVisitor& visitor) { visitor.choice({.name = "format"}, format); });
  const std::string key = fmt::format("{}\n{}\n{}", file.folder.string(),
                                      split == Split::train ? "train" : "test", settings);
  DatasetPointer& opened = opened_[key];
  if (!opened) opened = open_split(format, split, file.folder);
  return opened;
}

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
