#include <algorithm>

#include "retort/experiment/names.hpp"
#include "retort/experiment/planner.hpp"
#include "retort/predict/merged.hpp"

namespace retort {
namespace {

void check_classes_once(const Classes& names) {
  const std::optional<std::string> twice = repeated(names);
  if (!twice) return;
  throw Error(ExitCode::usage,
              fmt::format("classes: the name \"{}\" stands there twice", printable(*twice)));
}

}  // namespace

void say_of_file(const TeacherSettings& teacher, Graph& graph) {
  if (!teacher.classes.empty()) {
    const Shape outputs = graph.shape(graph.output());
    if (Shape{static_cast<int64_t>(teacher.classes.size())} != outputs) {
      throw Error(ExitCode::usage, fmt::format("classes: {} names for an output of {}",
                                               teacher.classes.size(), shape_text(outputs)));
    }
    graph.classes = teacher.classes;
  }
  check_classes_once(graph.classes);
  rename_classes(graph.classes, teacher.rename);
  if (!teacher.normalise.mean.empty() || !teacher.normalise.deviation.empty()) {
    graph.normalisation = {teacher.normalise.mean, teacher.normalise.deviation};
    check_normalisation(graph);
  }
}

void Planner::add_teachers() {
  for (const auto& [name, teacher] : experiment_.teachers) {
    if (!teacher.tells_apart.empty() || teacher.follows_student) continue;
    if (!teacher.file.empty()) add_ready_teacher(name, teacher);
    if (teacher.is_recording_alone()) {
      add_recording(name, teacher);
    } else if (teacher.file.empty() && teacher.members.empty() && teacher.merge.empty()) {
      add_teacher(name, teacher);
    }
  }
  for (const auto& [name, teacher] : experiment_.teachers) {
    if (!teacher.members.empty()) add_ensemble(name, teacher);
    if (!teacher.none.empty()) seen_[teacher.none] = images_.training();
  }
  for (const auto& [name, teacher] : experiment_.teachers) {
    if (!teacher.tells_apart.empty() && is_asked(name)) add_gate(name, teacher);
  }
  for (const auto& [name, teacher] : experiment_.teachers) {
    if (!teacher.merge.empty()) add_merge(name, teacher);
  }
}

void Planner::add_teacher(const std::string& name, const TeacherSettings& teacher) {
  const CrossEntropyTerm labels{.label_smoothing = teacher.label_smoothing};
  const uint64_t own_seed = teacher.seed > 0 ? static_cast<uint64_t>(teacher.seed) : seed();
  const Classes known = at_field(file_, "teacher." + name + ".classes", [&] {
    of_classes(*images_.all(), {}, teacher.classes);  // there are such
    check_classes_once(teacher.classes);
    return known_of(name, teacher.classes);
  });
  plan_.models.push_back(trained(name, "teacher", "teacher-" + name, teacher.model, teacher.images,
                                 teacher.train, {TermSettings{labels}}, own_seed, "teacher." + name,
                                 known));
  seen_[name] = images_.chosen_indices(teacher.images, "teacher." + name + ".images");
}

void Planner::add_ready_teacher(const std::string& name, const TeacherSettings& teacher) {
  PlannedModel planned{.name = name, .role = "teacher"};
  planned.file = file_.folder / teacher.file;
  planned.accept_at_chance = teacher.accept_at_chance;
  Model model = open_model(planned.file);
  at_field(file_, "teacher." + name, [&] { say_of_file(teacher, model.graph); });
  if (is_merged(name) && (!model.graph.classes.empty() || !fits_unnamed(model.graph))) {
    planned.known = at_field(file_, "teacher." + name, [&] {
      const Classes& names = model.graph.classes;
      if (names.empty()) {
        throw Error(
            ExitCode::usage,
            fmt::format("{} names no classes and has outputs of {}, the data have {} "
                        "classes; wanted classes = [...], their names in the order of its "
                        "outputs",
                        planned.file.string(), shape_text(model.graph.shape(model.graph.output())),
                        images_.classes().size()));
      }
      return known_of(name, names);
    });
  }
  check_input(model.graph, *images_.all(), planned.file.string());
  if (planned.known.empty()) teacher_of(model, *images_.all(), planned.file.string());  // fits them
  seen_[name] = images_.training();
  planned.graph = model.graph;
  planned.ready = std::make_shared<const Model>(std::move(model));
  planned.cost = cost(planned.graph);
  planned.validation = images_.validation();
  plan_.models.push_back(std::move(planned));
}

void Planner::add_recording(const std::string& name, const TeacherSettings& teacher) {
  PlannedModel planned{.name = name, .role = "teacher"};
  planned.recording = recording_alone(file_.folder / teacher.recording.folder);
  plan_.models.push_back(std::move(planned));
}

bool Planner::fits_unnamed(const Graph& graph) const {
  return graph.shape(graph.output()) == Shape{static_cast<int64_t>(images_.classes().size())};
}

// A teacher that is the mean of others answers at the cost of all of them.
void Planner::add_ensemble(const std::string& name, const TeacherSettings& teacher) {
  PlannedModel planned{.name = name, .role = "teacher"};
  planned.members = teacher.members;
  planned.mean = teacher.mean;
  planned.views = teacher.views;
  planned.seed = seed();
  planned.validation = images_.validation();
  seen_[name] = images_.training();
  for (const PlannedModel& model : plan_.models) {
    if (!holds(planned.members, model.name)) continue;
    planned.cost.parameters += model.cost.parameters;
    planned.cost.macs += view_count(teacher.views) * model.cost.macs;
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

PlannedModel Planner::trained(const std::string& name, const std::string& role,
                              const std::string& folder, const ModelSettings& model,
                              const ImageSettings& images, const TrainSettings& train,
                              std::vector<TermSettings> objective, uint64_t model_seed,
                              const std::string& path, const Classes& known,
                              const Classes& outputs) const {
  PlannedModel planned{.name = name, .role = role, .folder = folder};
  planned.known = known;
  const Classes& own = !outputs.empty() ? outputs : known.empty() ? images_.classes() : known;
  planned.graph = at_field(file_, path + ".model",
                           [&] { return build_graph(model, images_.all()->shape(), own); });
  planned.cost = cost(planned.graph);
  planned.start = start_of(model, planned.graph, path + ".model.init");
  const SeenImages seen = images_.seen(images, path + ".images", known, role, train.batch);
  planned.plain = seen.images;
  planned.images = shown(seen.images, train);
  if (role == "student") {
    planned.choose = images.choose;
    planned.labelled_share = images.labelled_share;
  }
  planned.distinct_images = seen.distinct;
  planned.validation =
      images.include_validation ? nullptr : some(of_known(images_.validation(), known));
  planned.test = of_known(images_.test(), known);
  planned.train = train;
  check_choice(planned);
  planned.objective = std::move(objective);
  planned.seed = model_seed;
  return planned;
}

Start Planner::start_of(const ModelSettings& model, const Graph& graph,
                        const std::string& path) const {
  if (model.init.empty()) return {};
  try {
    return read_start(file_.folder / model.init, graph, model.init_head);
  } catch (const Error& error) {
    throw Error(error.code(),
                fmt::format("{}: {}: {}", file_.source.where(path), path, error.what()));
  }
}

void check_input(const Graph& graph, const Dataset& data, const std::string& where) {
  if (resizes(data.shape(), graph.input_shape())) return;
  throw Error(ExitCode::usage,
              fmt::format("{}: wants images of {}, the data are {}", where,
                          shape_text(graph.input_shape()), shape_text(data.shape())));
}

std::shared_ptr<const Predictor> teacher_of(Model model, const Dataset& data,
                                            const std::string& where) {
  check_input(model.graph, data, where);
  std::shared_ptr<const Predictor> teacher = std::make_shared<NetworkPredictor>(std::move(model));
  return with_classes(std::move(teacher), data.classes(), where);
}

}  // namespace retort
