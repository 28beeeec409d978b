#pragma once

#include <string>
#include <vector>

#include "retort/experiment/plan.hpp"
#include "retort/experiment/run_folder.hpp"

namespace retort {

/// Adds a teacher's recording to what a student's plan says, where the settings want one. folder:
/// relative paths start here. Throws Error (usage) where recorded = true and the images are shown
/// in more ways than can be recorded or are mixed, or a folder that is named holds a recording of
/// other data or transforms.
void plan_recording(const std::string& name, const TeacherSettings& teacher, const Path& folder,
                    PlannedModel& student);

/// Throws Error (data) where a recording without a teacher lacks samples that the student sees as
/// they are. Of views, which ones are seen is not known beforehand.
void check_rows_of_recordings_alone(const PlannedModel& student);

/// Why a teacher's answers cannot be recorded while a student learns; empty: they can.
std::string cannot_be_recorded(const PlannedModel& student, const std::string& teacher);

/// The places of a student's recordings, for a run in this folder.
std::vector<RecordedTeacher> recordings_in(const RunFolder& folder, const PlannedModel& student);

/// Seconds that a teacher takes for a micro-batch of these images.
double seconds_of_a_micro_batch(const Predictor& teacher, const Dataset& images);

/// Numbers of a row of a teacher's recording, as far as they are known without the teacher.
int64_t numbers_of_a_row(const PlannedModel& student, const RecordedTeacher& recorded);

/// How much a recording of rows of so many bytes would be used by a training.
struct RecordingForecast {
  int64_t rows = 0;       // of the whole recording
  int64_t views = 1;      // of an image
  double views_met = 0;   // of an image, in this training, mean
  double share_read = 0;  // of this training's questions: answered already within it
  double bytes = 0;       // after this training
  double whole_bytes = 0;
  /// Size, the teacher's time for all of it, what is saved, and when it pays.
  std::string line(const std::string& teacher, double teacher_seconds) const;
};
RecordingForecast recording_forecast(const Dataset& images, int64_t training_epochs,
                                     int64_t row_bytes);

/// A line for each teacher that this training records: how large it gets, how long the teacher
/// takes for all of it, and when it pays. Throws Error (resources) where the disk has no room.
std::vector<std::string> recording_notes(const PlannedModel& student, const Teachers& teachers,
                                         const RunFolder& folder);

}  // namespace retort
