#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "retort/experiment/merge_plan.hpp"
#include "retort/experiment/names.hpp"

namespace retort {
namespace {

using Names = std::vector<std::string>;
using Misfits = std::vector<std::pair<std::string, std::string>>;

const TeacherSettings* find(const Experiment& experiment, const std::string& name) {
  for (const auto& [one, teacher] : experiment.teachers) {
    if (one == name) return &teacher;
  }
  return nullptr;
}

bool same_names(Names a, Names b) {
  std::sort(a.begin(), a.end());
  std::sort(b.begin(), b.end());
  return a == b;
}

// Teachers that are there, each once, none of them made of a merge or telling others apart; `more`
// may stand there too.
void check_names(const Experiment& experiment, const std::string& path, const Names& names,
                 const Names& more, Misfits& misfits) {
  std::set<std::string> seen;
  for (const std::string& name : names) {
    const TeacherSettings* teacher = find(experiment, name);
    if (teacher == nullptr && holds(more, name)) continue;
    if (teacher == nullptr) {
      misfits.emplace_back(path, fmt::format("no teacher \"{}\"{}", printable(name),
                                             suggest(name, experiment.teacher_names())));
    } else if (!teacher->merge.empty() || !teacher->tells_apart.empty()) {
      misfits.emplace_back(
          path, fmt::format("\"{}\" {}", name,
                            teacher->merge.empty() ? "tells others apart and knows no classes"
                                                   : "is a merge itself; name its teachers"));
    } else if (teacher->is_recording_alone() || teacher->follows_student) {
      misfits.emplace_back(
          path, fmt::format("\"{}\" {}", name,
                            teacher->follows_student ? "is the student itself"
                                                     : "is a recording alone, which cannot answer "
                                                       "every image"));
    } else if (!seen.insert(name).second) {
      misfits.emplace_back(path, fmt::format("\"{}\" stands there twice", name));
    }
  }
}

void check_gate(const Experiment& experiment, const std::string& path, const TeacherSettings& merge,
                Misfits& misfits) {
  const std::string name = gate_of(merge.rule);
  if (name.empty()) return;
  const TeacherSettings* gate = find(experiment, name);
  if (gate == nullptr || gate->tells_apart.empty()) {
    Names choices = {"energy", "largest_logit", "entropy", "feature_distance"};
    for (const auto& [one, teacher] : experiment.teachers) {
      if (!teacher.tells_apart.empty()) choices.push_back(one);
    }
    misfits.emplace_back(
        path + ".gate",
        fmt::format("wanted {}, or a teacher with tells_apart = [...]; got \"{}\"{}",
                    "energy, largest_logit, entropy or feature_distance", printable(name),
                    suggest(name, choices)));
  } else if (!same_names(gate->tells_apart, members_of(merge))) {
    misfits.emplace_back(path + ".gate",
                         fmt::format("\"{}\" tells {} apart, the merge is of {}", name,
                                     join(gate->tells_apart), join(members_of(merge))));
  }
}

}  // namespace

bool is_of_a_merge(const Experiment& experiment, const std::string& teacher) {
  const TeacherSettings* asked = find(experiment, teacher);
  return std::any_of(experiment.teachers.begin(), experiment.teachers.end(), [&](const auto& one) {
    const TeacherSettings& other = one.second;
    return holds(other.merge, teacher) || (asked != nullptr && !asked->tells_apart.empty() &&
                                           (same_names(members_of(other), asked->tells_apart) ||
                                            same_names(other.merge, asked->tells_apart)));
  });
}

Misfits merge_misfits(const Experiment& experiment) {
  Misfits misfits;
  Names nones;
  for (const auto& [name, teacher] : experiment.teachers) {
    if (!teacher.none.empty()) nones.push_back(teacher.none);
  }
  for (const auto& [name, teacher] : experiment.teachers) {
    const std::string path = "teacher." + name;
    check_names(experiment, path + ".merge", teacher.merge, {}, misfits);
    check_names(experiment, path + ".tells_apart", teacher.tells_apart, nones, misfits);
    if (!teacher.none.empty() && teacher.merge.empty()) {
      misfits.emplace_back(path + ".none", "is said of a merge, and there is none");
    }
    if (find(experiment, teacher.none) != nullptr) {
      misfits.emplace_back(path + ".none", fmt::format("\"{}\" is a teacher; wanted a class that "
                                                       "no teacher knows",
                                                       teacher.none));
    }
    if (teacher.tells_apart.size() == 1) {
      misfits.emplace_back(path + ".tells_apart", "wanted two teachers or more to tell apart");
    }
    if (!teacher.tells_apart.empty() &&
        (!teacher.members.empty() || !teacher.merge.empty() || teacher.follows_student)) {
      misfits.emplace_back(path + ".tells_apart", "wants a training or a file of its own");
    }
    if (teacher.merge.empty() && !std::holds_alternative<Recommended>(teacher.rule)) {
      misfits.emplace_back(path + ".rule", "is said of a merge, and there is none");
    }
    if (!teacher.merge.empty()) check_gate(experiment, path, teacher, misfits);
    if (is_fitted_to_labels(teacher.rule) &&
        std::get<Calibrated>(teacher.rule).prior != Calibrated{}.prior) {
      misfits.emplace_back(path + ".prior", "is not read where fitted_to = \"labels\"");
    }
    if (!teacher.tells_apart.empty() &&
        settings_text(teacher.images) != settings_text(ImageSettings{})) {
      misfits.emplace_back(path + ".images",
                           "a network that tells teachers apart learns from the training images of "
                           "these teachers; say it of them");
    }
  }
  for (const TermSettings& term : experiment.objective) {
    const TeacherSettings* read = find(experiment, term.teacher());
    if (read == nullptr || read->tells_apart.empty()) continue;
    misfits.emplace_back("teacher." + term.teacher() + ".tells_apart",
                         "a term reads this teacher, which answers with teachers, not classes");
  }
  return misfits;
}

}  // namespace retort
