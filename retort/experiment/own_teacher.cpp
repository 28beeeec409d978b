#include "retort/experiment/own_teacher.hpp"

namespace retort {

std::vector<std::pair<std::string, std::string>> own_teacher_misfits(const Experiment& experiment,
                                                                     bool chooses_teachers) {
  std::vector<std::pair<std::string, std::string>> misfits;
  for (const auto& [name, teacher] : experiment.teachers) {
    const std::string path = "teacher." + name;
    const auto add = [&](const char* field, const char* text) {
      misfits.emplace_back(path + field, text);
    };
    const RecordingSettings& recording = teacher.recording;
    if (!teacher.follows_student && teacher.decay != TeacherSettings{}.decay) {
      add(".decay", "is read where follows_student = true");
    }
    if (teacher.follows_student && recording.recorded == "true") {
      add(".recorded", "what follows the student says something else after every step");
    }
    if (teacher.follows_student && recording.recorded == "auto" &&
        (!recording.folder.empty() || recording.top > 0 ||
         recording.precision != RecordingSettings{}.precision)) {
      add(".recorded",
          "what follows the student is never recorded; wanted false, or no recording, "
          "recording_top and recording_precision");
    }
    if (!teacher.plain_images) continue;
    if (!std::holds_alternative<NoMix>(experiment.student.train.mix)) {
      add(".plain_images",
          "student.train.mix makes new images of every batch: there are no plain ones of them");
    }
    // Cells of a sweep over teachers share the settings of those that the others read.
    if (!chooses_teachers && !any_reads(experiment.objective, name)) {
      add(".plain_images", "wanted a teacher that a term of the objective reads");
    }
  }
  return misfits;
}

}  // namespace retort
