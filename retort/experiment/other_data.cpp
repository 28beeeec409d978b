#include "retort/experiment/other_data.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "retort/experiment/merge_plan.hpp"
#include "retort/experiment/names.hpp"

namespace retort {
namespace {

class Misfits {
 public:
  explicit Misfits(const Experiment& experiment) : experiment_(experiment) {}

  std::vector<std::pair<std::string, std::string>> all() {
    check_images("student.images", experiment_.student.images);
    check_choice("student.images.choose", experiment_.student.images.choose);
    for (const auto& [name, teacher] : experiment_.teachers) {
      const std::string path = "teacher." + name;
      check_images(path + ".images", teacher.images);
      if (teacher.images.choose.is_any() || teacher.images.labelled_share > 0) {
        add(path + ".images", "choose and labelled_share are of the student's images");
      }
      if (!is_own(teacher.images) &&
          (!teacher.tells_apart.empty() || is_of_a_merge(experiment_, name))) {
        add(path + ".images.from",
            "teachers that are merged, and what tells them apart, learn from [data] alone");
      }
      check_views(path + ".views", teacher);
    }
    return std::move(misfits_);
  }

 private:
  void add(const std::string& path, const std::string& text) { misfits_.emplace_back(path, text); }

  void check_images(const std::string& path, const ImageSettings& images) {
    std::vector<std::string> names = {own_data};
    for (const auto& [name, other] : experiment_.others) names.push_back(name);
    if (images.from.empty()) add(path + ".from", "wanted at least one data set");
    std::set<std::string> seen;
    for (const std::string& name : images.from) {
      if (!holds(names, name)) {
        add(path + ".from",
            fmt::format("no data set \"{}\"{}", printable(name), suggest(name, names)));
      } else if (!seen.insert(name).second) {
        add(path + ".from", fmt::format("\"{}\" stands there twice", name));
      }
    }
    if (seen.contains(own_data)) return;
    if (!images.classes.empty() || images.per_class > 0 || images.include_validation) {
      add(path,
          "classes, per_class and include_validation choose among the images of [data], and from "
          "names none of them");
    }
  }

  void check_choice(const std::string& path, const ChoiceSettings& choose) {
    const bool selects = choose.per_class > 0 || choose.confidence > 0;
    if (choose.teacher.empty()) {
      if (selects) add(path, "per_class and confidence want a teacher who is asked");
      return;
    }
    if (!selects) add(path, "wanted per_class or confidence, for which the teacher is asked");
    std::vector<std::string> names;
    for (const auto& [name, teacher] : experiment_.teachers) {
      names.push_back(name);
      if (name != choose.teacher) continue;
      if (teacher.tells_apart.empty() && !teacher.is_recording_alone() &&
          !teacher.follows_student && !is_of_a_merge(experiment_, name)) {
        return;
      }
      add(path + ".teacher",
          "wanted a network, a mean of networks or a merge, that knows all classes");
      return;
    }
    add(path + ".teacher", fmt::format("no teacher \"{}\"{}", printable(choose.teacher),
                                       suggest(choose.teacher, names)));
  }

  void check_views(const std::string& path, const TeacherSettings& teacher) {
    const bool some = teacher.views.count > 0, made = !teacher.views.transforms.empty();
    if (teacher.members.empty() && (some || made)) {
      add(path, "wanted a teacher with members = [...], of whose views it is the mean");
    } else if (some != made) {
      add(path, "wanted a count and transforms, or neither");
    }
  }

  const Experiment& experiment_;
  std::vector<std::pair<std::string, std::string>> misfits_;
};

}  // namespace

std::vector<std::pair<std::string, std::string>> other_misfits(const Experiment& experiment) {
  return Misfits(experiment).all();
}

bool is_own(const ImageSettings& settings) {
  return settings.from == std::vector<std::string>{own_data};
}

}  // namespace retort
