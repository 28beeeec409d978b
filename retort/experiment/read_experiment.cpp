#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "retort/config/expression.hpp"
#include "retort/experiment/experiment.hpp"
#include "retort/experiment/heard_teachers.hpp"
#include "retort/experiment/merge_plan.hpp"
#include "retort/experiment/names.hpp"
#include "retort/experiment/other_data.hpp"
#include "retort/experiment/own_teacher.hpp"
#include "retort/experiment/students.hpp"

namespace retort {
namespace {

class FitCheck {
 public:
  FitCheck(const ExperimentFile& file, bool chooses_teachers)
      : file_(file), experiment_(file.experiment), chooses_teachers_(chooses_teachers) {}

  std::vector<std::string> problems() {
    // The cells of a sweep are named by their values: NAME,temperature=4,seed=2.
    if (!is_name(experiment_.name, "=,+", 240)) {
      add("name", fmt::format("wanted letters, digits, '-', '_' or '.', got \"{}\"",
                              printable(experiment_.name)));
    }
    check_classes();
    check_teachers();
    check_student();
    for (const auto& [path, text] : merge_misfits(experiment_)) add(path, text);
    for (const auto& [path, text] : own_teacher_misfits(experiment_, chooses_teachers_)) {
      add(path, text);
    }
    check_others();
    check_terms();
    check_adjustments();
    check_expectations();
    check_training("student", experiment_.student.model, experiment_.student.train);
    for (const auto& [name, teacher] : experiment_.teachers) {
      check_training("teacher." + name, teacher.model, teacher.train);
    }
    return std::move(problems_);
  }

 private:
  void add(const std::string& path, const std::string& text) {
    problems_.push_back(fmt::format("{}: {}: {}", file_.source.where(path), path, text));
  }

  void check_expectations() {
    for (size_t i = 0; i < experiment_.expectations.size(); ++i) {
      try {
        const Expression readable(experiment_.expectations[i].number);
      } catch (const Error& error) {
        add(fmt::format("expect.{}.number", i), error.what());
      }
    }
  }

  // No teacher ("") is fine too.
  bool exists(const std::string& teacher) const {
    return teacher.empty() || std::any_of(experiment_.teachers.begin(), experiment_.teachers.end(),
                                          [&](const auto& one) { return one.first == teacher; });
  }

  void check_training(const std::string& model, const ModelSettings& network,
                      const TrainSettings& train) {
    if (!network.init_head && network.init.empty()) {
      add(model + ".model.init_head", "wants an init: without one the whole network starts fresh");
    }
    const Sgd* sgd = std::get_if<Sgd>(&train.optimiser);
    if (sgd != nullptr && sgd->nesterov && sgd->momentum == 0) {
      add(model + ".train.nesterov", "wants a momentum above 0 to look ahead along");
    }
  }

  // Models are matched by class name: two classes of one name could not be told apart.
  void check_classes() {
    const auto* idx = std::get_if<IdxFormat>(&experiment_.data.format);
    if (idx == nullptr) return;  // the others name their classes themselves
    if (const std::optional<std::string> twice = repeated(idx->class_names)) {
      add("data.classes", fmt::format("the name \"{}\" stands there twice", printable(*twice)));
    }
  }

  void check_student() {
    if (experiment_.data.labelled == 0 || experiment_.student.images.per_class == 0) return;
    add("student.images.per_class",
        "data.labelled chooses the images with a label already, and of the others no class is "
        "known; wanted 0");
  }

  void check_others() {
    for (const auto& [name, other] : experiment_.others) {
      if (is_name(name) && name != own_data) continue;
      add("other." + name,
          "wanted a name of letters, digits, '-', '_' or '.', other than \"data\"");
    }
    for (const auto& [path, text] : other_misfits(experiment_)) add(path, text);
  }

  void check_teachers() {
    for (const auto& [name, teacher] : experiment_.teachers) {
      const std::string path = "teacher." + name;
      if (!is_name(name) || name == "student" || name == "twin" || name == "target") {
        add(path,
            "wanted a name of letters, digits, '-', '_' or '.', other than student, twin and "
            "target");
      }
      const bool trained = teacher.is_trained_here();
      if (int{trained} + int{!teacher.file.empty()} + int{!teacher.members.empty()} +
              int{!teacher.merge.empty()} + int{teacher.follows_student} >
          1) {
        add(path,
            "wanted one of a file, members, merge, follows_student, and settings of a training, "
            "got more");
      }
      if (teacher.file.empty()) check_no_file(path, teacher);
      if (experiment_.data.labelled > 0 && teacher.images.per_class > 0) {
        add(path + ".images.per_class", "data.labelled chooses the images with a label already");
      }
      if (experiment_.data.labelled > 0 && teacher.images.include_validation) {
        add(path + ".images.include_validation",
            "the validation images' labels are none of the few of data.labelled");
      }
      check_recording(path, teacher);
      check_members(path, teacher);
      const bool heard = any_reads(experiment_.objective, name) || misspells_a_teacher();
      const bool is_member =
          std::any_of(experiment_.teachers.begin(), experiment_.teachers.end(),
                      [&](const auto& other) { return holds(other.second.members, name); });
      const bool chooses = experiment_.student.images.choose.teacher == name;
      if (!heard && !chooses && !is_member && !is_of_a_merge(experiment_, name)) {
        add(path, "no term of the objective reads this teacher");
      }
    }
  }

  // A misspelt teacher is one problem, not two.
  bool misspells_a_teacher() const {
    const auto misspelt = [&](const std::string& name) { return !exists(name); };
    const auto any_misspelt = [&](const std::vector<std::string>& names) {
      return std::any_of(names.begin(), names.end(), misspelt);
    };
    return misspelt(experiment_.student.images.choose.teacher) ||
           std::any_of(experiment_.objective.begin(), experiment_.objective.end(),
                       [&](const TermSettings& term) { return misspelt(term.teacher()); }) ||
           std::any_of(experiment_.teachers.begin(), experiment_.teachers.end(),
                       [&](const auto& one) {
                         return any_misspelt(one.second.members) || any_misspelt(one.second.merge);
                       });
  }

  void check_recording(const std::string& path, const TeacherSettings& teacher) {
    if (teacher.recording.recorded != "false") return;
    if (teacher.is_recording_alone()) {
      add(path + ".recorded",
          "this teacher is a recording alone and cannot answer live; wanted true, got false");
    } else if (!teacher.recording.folder.empty()) {
      add(path + ".recording", "is not read where recorded = false");
    } else if (teacher.recording.top > 0) {
      add(path + ".recording_top", "is not read where recorded = false");
    } else if (teacher.recording.precision != "fp32") {
      add(path + ".recording_precision", "is not read where recorded = false");
    }
  }

  // What is said of a file, of a teacher that is none.
  void check_no_file(const std::string& path, const TeacherSettings& teacher) {
    const auto check = [&](const char* field, bool said, const char* instead) {
      if (said) add(path + field, fmt::format("is said of a file, and there is none{}", instead));
    };
    check(".rename", !teacher.rename.empty(), "; a training has the names of the data");
    const bool combines =
        !teacher.members.empty() || !teacher.merge.empty() || teacher.follows_student;
    check(".classes", (combines || teacher.is_recording_alone()) && !teacher.classes.empty(),
          " and no training");
    check(".normalise", !teacher.normalise.mean.empty() || !teacher.normalise.deviation.empty(),
          "; a network that is trained has it in its model: model.normalise");
    check(".accept_at_chance", teacher.accept_at_chance && !teacher.is_recording_alone(), "");
  }

  // The mean of teachers that are there, each once, none of them a mean itself.
  void check_members(const std::string& path, const TeacherSettings& teacher) {
    std::set<std::string> seen;
    for (const std::string& member : teacher.members) {
      const auto found = std::find_if(experiment_.teachers.begin(), experiment_.teachers.end(),
                                      [&](const auto& one) { return one.first == member; });
      if (found == experiment_.teachers.end()) {
        add(path + ".members", fmt::format("no teacher \"{}\"{}", printable(member),
                                           suggest(member, experiment_.teacher_names())));
      } else if (!found->second.members.empty()) {
        add(path + ".members", fmt::format("\"{}\" is a mean itself; name its members", member));
      } else if (!found->second.merge.empty() || !found->second.tells_apart.empty() ||
                 found->second.is_recording_alone() || found->second.follows_student) {
        add(path + ".members",
            fmt::format("\"{}\" is no network that answers every image with all classes", member));
      } else if (!seen.insert(member).second) {
        add(path + ".members", fmt::format("\"{}\" stands there twice", member));
      }
    }
  }

  void check_adjustments() {
    std::vector<std::string> taken = experiment_.teacher_names();
    taken.insert(taken.end(), {"student", "twin"});
    for (size_t i = 0; i < experiment_.adjustments.size(); ++i) {
      const std::string& name = experiment_.adjustments[i].name;
      if (!is_name(name) || std::find(taken.begin(), taken.end(), name) != taken.end()) {
        add(fmt::format("adjust.{}.name", i),
            fmt::format("wanted a name of letters, digits, '-', '_' or '.' that no other model "
                        "has, got \"{}\"",
                        printable(name)));
      }
      taken.push_back(name);
    }
  }

  void check_terms() {
    const std::vector<std::string> teachers = experiment_.teacher_names();
    std::vector<std::string> terms;
    double weights = 0;
    for (size_t i = 0; i < experiment_.objective.size(); ++i) {
      const TermSettings& settings = experiment_.objective[i];
      const std::string path = fmt::format("objective.{}", i);
      const std::string teacher = settings.teacher();
      if (!exists(teacher)) {
        add(path + ".teacher",
            fmt::format("no teacher \"{}\"{}", printable(teacher),
                        teachers.empty() ? "; add a [teacher.NAME]" : suggest(teacher, teachers)));
      }
      const Term term = settings.term();
      if (std::find(terms.begin(), terms.end(), term.name) != terms.end()) {
        add(path,
            fmt::format("a second term '{}'; give one of them the sum of the weights", term.name));
      }
      terms.push_back(term.name);
      weights += term.weight;
    }
    if (experiment_.objective.empty()) {
      add("objective", "wanted at least one [[objective]]: the student would learn nothing");
    } else if (weights == 0) {
      add("objective", "all weights are 0: the student would learn nothing");
    }
  }

  const ExperimentFile& file_;
  const Experiment& experiment_;
  bool chooses_teachers_;
  std::vector<std::string> problems_;
};

// Bands of a twin that is not trained, as with --set twin.enabled=false, have nothing to look at.
void leave_out_the_twin(std::vector<ExpectSettings>& expectations) {
  std::erase_if(expectations, [](const ExpectSettings& expected) {
    const std::vector<NumberName> names = Expression(expected.number).names();
    return std::any_of(names.begin(), names.end(),
                       [](const NumberName& one) { return one.name.starts_with("twin."); });
  });
}

// A number with a choice of cells is of a sweep: here nobody would look at it.
void check_no_choices(const ExperimentFile& file) {
  for (size_t i = 0; i < file.experiment.expectations.size(); ++i) {
    if (!has_choice(Expression(file.experiment.expectations[i].number))) continue;
    const std::string path = fmt::format("expect.{}.number", i);
    throw Error(ExitCode::usage,
                fmt::format("{}: {}: [...] chooses cells of a sweep, and the file has no [sweep]",
                            file.source.where(path), path));
  }
}

}  // namespace

ExperimentFile read_experiment(const TomlFile& source, const Path& path, bool chooses_teachers) {
  ExperimentFile file{.experiment = {}, .source = source, .folder = path.parent_path()};
  Experiment& experiment = file.experiment;
  experiment.name = path.stem().string();
  std::vector<std::string> problems = read_fields(
      source, [&](FieldVisitor& visitor) { experiment.describe(visitor); }, "sweep");
  if (chooses_teachers) leave_out_unheard_teachers(experiment);
  const std::vector<std::string> misfits = FitCheck(file, chooses_teachers).problems();
  // What does not fit may only follow from what could not be read.
  if (problems.empty()) problems = misfits;
  if (!problems.empty()) throw_problems(problems);
  if (!experiment.twin.enabled) leave_out_the_twin(experiment.expectations);
  return file;
}

ExperimentFile read_experiment(const Path& path, const std::vector<std::string>& overrides) {
  TomlFile source = TomlFile::read(path);
  for (const std::string& assignment : overrides) source.set(assignment);
  check_one_student(source);
  ExperimentFile file = read_experiment(source, path);
  if (!leaves_of(source, "sweep")) check_no_choices(file);
  return file;
}

}  // namespace retort
