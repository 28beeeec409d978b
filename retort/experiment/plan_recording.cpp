#include "retort/experiment/plan_recording.hpp"

#include <fmt/format.h>

#include <chrono>
#include <cmath>

#include "retort/predict/micro_batches.hpp"
#include "retort/report/number_words.hpp"
#include "retort/train/qualified_names.hpp"

namespace retort {
namespace {

constexpr double most_automatic_bytes = 2e9;

// With plain blanks: pages have blanks that do not break.
std::string plain(std::string words) {
  const std::string_view unbroken = "\u00a0";
  for (size_t at = words.find(unbroken); at != std::string::npos; at = words.find(unbroken)) {
    words.replace(at, unbroken.size(), " ");
  }
  return words;
}

std::string bytes_words(double bytes) {
  return plain(scaled(bytes, "B"));
}

// What is lost where a part of the logits is kept, by some of the images.
std::string loss_line(const std::string& name, const Predictor& teacher, const Dataset& images,
                      const TopLogits& top) {
  std::vector<SampleKey> keys;
  const int64_t count = std::min<int64_t>(images.size(), 8 * micro_batch_images);
  for (int64_t i = 0; i < count; ++i) keys.push_back({.index = i * images.size() / count});
  const Batch batch = make_batch(images, std::move(keys));
  const TopLoss loss =
      top_loss(predict_in_micro_batches(teacher, batch, {"logits"}).at("logits"), top);
  return fmt::format(
      "{}: of {} logits the {} largest are recorded, the others by their sum: on {} images this "
      "loses {:.2g} nats at T = {:g} (KL, mean; at most {:.2g}); {:.2g} % of the probability is "
      "not told apart",
      name, teacher.logits_shape()[0], top.count, count, loss.mean, top.temperature, loss.largest,
      100 * loss.tail);
}

// All but the teacher, which may not be there yet, of a recording that is named.
void check_named(const RecordingPlace& place, const Dataset& images) {
  std::error_code ignored;
  if (!std::filesystem::exists(place.folder / recording_file_name, ignored)) return;
  const RecordingSubject found = read_recording_file(place.folder).subject;
  RecordingSubject wanted = found;
  wanted.data = images.source_fingerprint();
  wanted.samples = images.source_size();
  wanted.transforms = images.augmentation();
  wanted.views = images.views();
  if (!place.alone) wanted.precision = place.precision;
  check_same_subject(place.folder, wanted, found);
}

// The part of a teacher's logits that is recorded.
TopLogits top_logits(const std::string& teacher, int64_t count, const std::string& precision,
                     int64_t classes, const PlannedModel& student) {
  TopLogits top{.count = count};
  if (top.count == 0) return top;
  const auto refuse = [&](const std::string& what) {
    throw Error(ExitCode::usage, fmt::format("recording_top = {}: {}", count, what));
  };
  constexpr int64_t most_half = 2048;  // integers up to here are exact in fp16
  if (top.count >= classes) {
    refuse(fmt::format("there are {} classes; wanted fewer, or 0 for all of them", classes));
  }
  if (precision == "fp16" && classes > most_half) {
    refuse(
        fmt::format("numbers of {} classes are not exact in fp16; wanted recording_precision = "
                    "\"fp32\"",
                    classes));
  }
  bool first = true;
  for (const TermSettings& term : student.objective) {
    if (term.teacher() != teacher) continue;
    const auto* distillation = std::get_if<DistillationTerm>(&term.value);
    const Names read = names_of(teacher, term.term().reads);
    if (distillation == nullptr || read != Names{"logits"} ||
        (!first && distillation->temperature != top.temperature)) {
      refuse(
          "the rest is kept for one temperature; wanted distillation terms with the same one, of "
          "a teacher that is no mean and no merge");
    }
    if (distillation->confidence > 0 && distillation->temperature != 1) {
      refuse(
          "confidence is judged at T = 1, and the rest is kept for the term's temperature; "
          "wanted temperature = 1 or confidence = 0");
    }
    top.temperature = distillation->temperature;
    first = false;
  }
  return top;
}

// The part of the logits that a recording has.
TopLogits recorded_top(const Path& folder) {
  for (const RecordedTensor& tensor : read_recording_file(folder).subject.tensors) {
    const TopLogits top = TopLogits::of_name(tensor.name);
    if (top.count > 0) return top;
  }
  return {};
}

}  // namespace

void plan_recording(const std::string& name, const TeacherSettings& teacher, const Path& folder,
                    PlannedModel& student) {
  const RecordingSettings& settings = teacher.recording;
  if (settings.recorded == "false" || teacher.follows_student) return;
  const Dataset& images = *student.images_for(name);
  const std::string problem = cannot_be_recorded(student, name);
  const auto classes = static_cast<int64_t>(images.classes().size());
  const bool alone = teacher.is_recording_alone();
  const bool automatic = settings.recorded == "auto" && !alone;
  RecordedTeacher one{.teacher = name, .place = {.alone = alone, .precision = settings.precision}};
  one.place.top = TopLogits{settings.top};
  if (automatic && (!problem.empty() || recording_forecast(images, student.train.epochs,
                                                           4 * numbers_of_a_row(student, one))
                                                .whole_bytes > most_automatic_bytes)) {
    return;
  }
  if (!problem.empty()) throw Error(ExitCode::usage, problem + "; wanted recorded = false");
  one.place.is_root = settings.folder.empty();
  if (!one.place.is_root) {
    one.place.folder = folder / settings.folder;
    check_named(one.place, images);
  }
  const TopLogits found = alone ? recorded_top(one.place.folder) : TopLogits{settings.top};
  one.place.top = top_logits(name, found.count, settings.precision, classes, student);
  if (alone && found.count > 0 && found.name() != one.place.top.name()) {
    throw Error(ExitCode::usage,
                fmt::format("recording {}: has {}, wanted {}: the largest logits at the "
                            "temperature of the term",
                            one.place.folder.string(), found.name(), one.place.top.name()));
  }
  student.recorded.push_back(std::move(one));
}

std::string cannot_be_recorded(const PlannedModel& student, const std::string& teacher) {
  if (!std::holds_alternative<NoMix>(student.train.mix)) {
    return "train.mix makes new images of every batch: they cannot be recorded";
  }
  return cannot_be_recorded(*student.images_for(teacher));
}

void check_rows_of_recordings_alone(const PlannedModel& student) {
  for (const RecordedTeacher& one : student.recorded) {
    const Dataset& images = *student.images_for(one.teacher);
    if (!one.place.alone || images.views() > 1) continue;
    const auto recording = Recording::open_to_read(one.place.folder);
    int64_t missing = 0;
    for (int64_t index = 0; index < images.size(); ++index) {
      if (!recording->has(source_key(images, {.index = index}))) ++missing;
    }
    if (missing == 0) continue;
    throw Error(ExitCode::data,
                fmt::format("recording {}: {} of the {} samples that the student sees are not in "
                            "it, and there is no teacher to ask",
                            one.place.folder.string(), missing, images.size()));
  }
}

std::vector<RecordedTeacher> recordings_in(const RunFolder& folder, const PlannedModel& student) {
  std::vector<RecordedTeacher> places = student.recorded;
  for (RecordedTeacher& one : places) {
    if (one.place.is_root) one.place.folder = folder.root() / "recordings";
  }
  return places;
}

// The second time: the first one warms it up.
double seconds_of_a_micro_batch(const Predictor& teacher, const Dataset& images) {
  std::vector<SampleKey> keys;
  for (int64_t i = 0; i < micro_batch_images; ++i) keys.push_back({.index = i % images.size()});
  const Batch batch = make_batch(images, std::move(keys));
  std::chrono::duration<double> took{};
  for (int i = 0; i < 2; ++i) {
    const auto start = std::chrono::steady_clock::now();
    predict_in_micro_batches(teacher, batch, {"logits"});
    took = std::chrono::steady_clock::now() - start;
  }
  return took.count();
}

int64_t numbers_of_a_row(const PlannedModel& student, const RecordedTeacher& recorded) {
  const auto classes = static_cast<int64_t>(student.images->classes().size());
  const Names reads = names_of(recorded.teacher, make_objective(student.objective).reads());
  return static_cast<int64_t>(reads.size()) * recorded.place.top.numbers_of(classes);
}

RecordingForecast recording_forecast(const Dataset& images, int64_t training_epochs,
                                     int64_t row_bytes) {
  RecordingForecast forecast;
  forecast.views = images.views();
  forecast.rows = images.size() * images.views();
  const auto epochs = static_cast<double>(training_epochs);
  const auto views = static_cast<double>(images.views());
  // The expected number of different ones among `epochs` draws of `views`.
  forecast.views_met = views * (1 - std::pow(1 - 1 / views, epochs));
  forecast.share_read = 1 - forecast.views_met / epochs;
  forecast.whole_bytes = static_cast<double>(forecast.rows) * static_cast<double>(row_bytes);
  forecast.bytes = forecast.whole_bytes * forecast.views_met / views;
  return forecast;
}

std::string RecordingForecast::line(const std::string& teacher, double teacher_seconds) const {
  return fmt::format(
      "{}: recorded: the whole is {} rows, {}, about {} of the teacher's time; this training fills "
      "{} of it and reads {:.0f} % of its answers from it, a second one all. Filled while training "
      "it pays from the second time an image is seen in a view, recorded ahead after {} {}",
      teacher, thousands(rows), bytes_words(whole_bytes), plain(seconds_words(teacher_seconds)),
      bytes_words(bytes), 100 * share_read, views, views == 1 ? "epoch" : "epochs");
}

std::vector<std::string> recording_notes(const PlannedModel& student, const Teachers& teachers,
                                         const RunFolder& folder) {
  std::vector<std::string> lines;
  const Names reads = make_objective(student.objective).reads();
  for (const RecordedTeacher& one : recordings_in(folder, student)) {
    for (const auto& [name, teacher] : teachers) {
      if (name != one.teacher || one.place.alone) continue;
      const Dataset& images = *student.images_for(name);
      const RecordedForm form = recorded_form(teacher, names_of(name, reads), one.place);
      const RecordingSubject subject =
          recording_subject(*form.predictor, form.names, images, one.place.precision);
      const RecordingForecast forecast =
          recording_forecast(images, student.train.epochs, subject.row_bytes());
      std::error_code unknown;
      make_writable_folder(one.place.folder);
      const auto room = std::filesystem::space(one.place.folder, unknown);
      if (!unknown && forecast.bytes > static_cast<double>(room.available)) {
        throw Error(ExitCode::resources,
                    fmt::format("{}: the recording of {} takes {}, the disk has room for {}; "
                                "wanted teacher.{}.recorded = false, or more room",
                                one.place.folder.string(), name, bytes_words(forecast.bytes),
                                bytes_words(static_cast<double>(room.available)), name));
      }
      const double seconds = seconds_of_a_micro_batch(*teacher, images) *
                             static_cast<double>(forecast.rows) / micro_batch_images;
      lines.push_back(forecast.line(name, seconds));
      if (one.place.top.count > 0) {
        lines.push_back(loss_line(name, *teacher, images, one.place.top));
      }
    }
  }
  return lines;
}

}  // namespace retort
