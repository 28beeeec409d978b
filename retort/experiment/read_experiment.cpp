#include <fmt/format.h>

#include <algorithm>
#include <cctype>

#include "retort/experiment/experiment.hpp"

namespace retort {
namespace {

// Names become folders and parts of tensor names; `more` are characters that are allowed too.
bool is_name(const std::string& text, std::string_view more = "", size_t most = 100) {
  const auto allowed = [&](unsigned char c) {
    return std::isalnum(c) || c == '-' || c == '_' || c == '.' ||
           more.find(static_cast<char>(c)) != std::string_view::npos;
  };
  return !text.empty() && text.front() != '.' && text.size() <= most &&
         std::all_of(text.begin(), text.end(), allowed);
}

class FitCheck {
 public:
  explicit FitCheck(const ExperimentFile& file) : file_(file), experiment_(file.experiment) {}

  std::vector<std::string> problems() {
    // The cells of a sweep are named by their values: NAME,temperature=4,seed=2.
    if (!is_name(experiment_.name, "=,+", 240)) {
      add("name", fmt::format("wanted letters, digits, '-', '_' or '.', got \"{}\"",
                              printable(experiment_.name)));
    }
    check_classes();
    check_teachers();
    check_terms();
    check_training("student", experiment_.student.train);
    for (const auto& [name, teacher] : experiment_.teachers) {
      check_training("teacher." + name, teacher.train);
    }
    return std::move(problems_);
  }

 private:
  void add(const std::string& path, const std::string& text) {
    problems_.push_back(fmt::format("{}: {}: {}", file_.source.where(path), path, text));
  }

  // No teacher ("") is fine too.
  bool exists(const std::string& teacher) const {
    return teacher.empty() || std::any_of(experiment_.teachers.begin(), experiment_.teachers.end(),
                                          [&](const auto& one) { return one.first == teacher; });
  }

  void check_training(const std::string& model, const TrainSettings& train) {
    const Sgd* sgd = std::get_if<Sgd>(&train.optimiser);
    if (sgd != nullptr && sgd->nesterov && sgd->momentum == 0) {
      add(model + ".train.nesterov", "wants a momentum above 0 to look ahead along");
    }
  }

  // Models are matched by class name: two classes of one name could not be told apart.
  void check_classes() {
    Classes names =
        std::visit([](const auto& format) { return format.class_names; }, experiment_.data.format);
    std::sort(names.begin(), names.end());
    const auto twice = std::adjacent_find(names.begin(), names.end());
    if (twice != names.end()) {
      add("data.classes", fmt::format("the name \"{}\" stands there twice", printable(*twice)));
    }
  }

  void check_teachers() {
    const std::string untouched = settings_text(TeacherSettings{});
    for (const auto& [name, teacher] : experiment_.teachers) {
      const std::string path = "teacher." + name;
      if (!is_name(name) || name == "student" || name == "twin" || name == "target") {
        add(path,
            "wanted a name of letters, digits, '-', '_' or '.', other than student, twin and "
            "target");
      }
      TeacherSettings without_file = teacher;
      without_file.file.clear();
      const bool trained = settings_text(without_file) != untouched;
      if (trained && !teacher.file.empty()) {
        add(path, "wanted either a file or settings of a training, got both");
      }
      const bool heard = std::any_of(experiment_.objective.begin(), experiment_.objective.end(),
                                     [&](const TermSettings& term) {
                                       // A misspelt teacher is one problem, not two.
                                       return term.teacher() == name || !exists(term.teacher());
                                     });
      if (!heard) add(path, "no term of the objective reads this teacher");
    }
  }

  void check_terms() {
    std::vector<std::string> teachers, terms;
    for (const auto& [name, teacher] : experiment_.teachers) teachers.push_back(name);
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
  std::vector<std::string> problems_;
};

}  // namespace

ExperimentFile read_experiment(const TomlFile& source, const Path& path) {
  ExperimentFile file{.experiment = {}, .source = source, .folder = path.parent_path()};
  Experiment& experiment = file.experiment;
  experiment.name = path.stem().string();
  std::vector<std::string> problems = read_fields(
      source, [&](FieldVisitor& visitor) { experiment.describe(visitor); }, "sweep");
  const std::vector<std::string> misfits = FitCheck(file).problems();
  // What does not fit may only follow from what could not be read.
  if (problems.empty()) problems = misfits;
  if (!problems.empty()) throw_problems(problems);
  return file;
}

ExperimentFile read_experiment(const Path& path, const std::vector<std::string>& overrides) {
  TomlFile source = TomlFile::read(path);
  for (const std::string& assignment : overrides) source.set(assignment);
  return read_experiment(source, path);
}

}  // namespace retort
