#include "retort/experiment/heard_teachers.hpp"

#include <algorithm>
#include <set>

namespace retort {

void leave_out_unheard_teachers(Experiment& experiment) {
  std::set<std::string> heard = {experiment.student.images.choose.teacher};
  for (const TermSettings& term : experiment.objective) heard.insert(term.teacher());
  // A merge may be of a mean that stands before it.
  for (size_t before = 0; before != heard.size();) {
    before = heard.size();
    for (const auto& [name, teacher] : experiment.teachers) {
      if (!heard.contains(name)) continue;
      heard.insert(teacher.members.begin(), teacher.members.end());
      heard.insert(teacher.merge.begin(), teacher.merge.end());
      heard.insert(teacher.none);
    }
  }
  for (const auto& [name, teacher] : experiment.teachers) {
    const auto& told = teacher.tells_apart;
    const auto is_heard = [&](const std::string& one) { return heard.contains(one); };
    if (!told.empty() && std::all_of(told.begin(), told.end(), is_heard)) heard.insert(name);
  }
  std::erase_if(experiment.teachers, [&](const auto& one) { return !heard.contains(one.first); });
}

}  // namespace retort
