#include "retort/experiment/record.hpp"

#include <fmt/format.h>

#include <chrono>

#include "retort/base/interrupt.hpp"
#include "retort/base/random.hpp"
#include "retort/predict/micro_batches.hpp"
#include "retort/report/number_words.hpp"
#include "retort/train/qualified_names.hpp"

namespace retort {
namespace {

using Clock = std::chrono::steady_clock;

double seconds_since(Clock::time_point start) {
  return std::chrono::duration<double>(Clock::now() - start).count();
}

// Tells how far it is, at most once in two seconds.
class Teller {
 public:
  Teller(const std::string& name, int64_t done, int64_t all, Progress& progress)
      : name_(name), first_(done), all_(all), progress_(progress) {}

  void tell(int64_t done) {
    if (seconds_since(last_) < 2) return;
    last_ = Clock::now();
    const double seconds = seconds_since(start_);
    const double left = seconds * static_cast<double>(all_ - done) /
                        static_cast<double>(std::max<int64_t>(done - first_, 1));
    progress_.note(fmt::format("{}: {} of {} rows, {} left", name_, thousands(done),
                               thousands(all_), seconds_words(left)));
  }

 private:
  std::string name_;
  int64_t first_, all_;
  Progress& progress_;
  Clock::time_point start_ = Clock::now(), last_ = start_;
};

// Keys of these images whose rows are there, chosen by the recording's own content.
std::vector<SampleKey> some_keys(const Recording& recording, const Dataset& images, int64_t count) {
  std::vector<SampleKey> there;
  for (int64_t view = 0; view < images.views(); ++view) {
    for (int64_t index = 0; index < images.size(); ++index) {
      if (recording.has(source_key(images, {index, view}))) there.push_back({index, view});
    }
  }
  const RandomKey key(recording.subject().fingerprint().low, "audit");
  std::vector<SampleKey> keys;
  for (const int64_t i : random_permutation(static_cast<int64_t>(there.size()),
                                            key.with(static_cast<uint64_t>(recording.rows())))) {
    if (static_cast<int64_t>(keys.size()) == count) break;
    keys.push_back(there[static_cast<size_t>(i)]);
  }
  return keys;
}

}  // namespace

RecordingReport record(const std::string& name, const std::shared_ptr<const Predictor>& predictor,
                       const Names& tensors, const Dataset& images, const RecordingPlace& place,
                       Progress& progress) {
  const auto start = Clock::now();
  Recorded recorded(predictor, tensors, images, place);
  const Recording& recording = recorded.recording();
  const int64_t before = recording.rows(), all = images.size() * images.views();
  const double seconds = before < all ? seconds_of_a_micro_batch(*predictor, images) : 0;
  progress.note(fmt::format(
      "{}: {} of {} rows are there in {}; the whole takes {} on the disk, what is missing about {} "
      "of the teacher's time",
      name, thousands(before), thousands(all), recording.folder().string(),
      scaled(static_cast<double>(all) * static_cast<double>(recording.subject().row_bytes()), "B"),
      seconds_words(seconds * static_cast<double>(all - before) / micro_batch_images)));
  Teller teller(name, before, all, progress);
  std::vector<SampleKey> missing;
  const auto ask = [&] {
    if (stop_requested()) recorded.flush();
    stop_if_requested();
    recorded.fill(missing);
    missing.clear();
    teller.tell(recording.rows());
  };
  for (int64_t view = 0; view < images.views(); ++view) {
    for (int64_t index = 0; index < images.size(); ++index) {
      if (recording.has(source_key(images, {index, view}))) continue;
      missing.push_back({index, view});
      if (missing.size() == micro_batch_images) ask();
    }
  }
  if (!missing.empty()) ask();
  recorded.flush();
  return {.teacher = name,
          .folder = recording.folder(),
          .rows = recording.rows(),
          .rows_of_all = recording.subject().rows(),
          .row_bytes = recording.subject().row_bytes(),
          .recorded = recording.rows() - before,
          .seconds = seconds_since(start),
          .warnings = recording.warnings()};
}

AuditReport audit(std::shared_ptr<const Predictor> teacher, const Dataset& images,
                  const Path& folder, int64_t rows) {
  const auto audited = with_top_logits(std::move(teacher));
  const Predictor& predictor = *audited;
  const auto recording = Recording::open_to_read(folder);
  const RecordingSubject& subject = recording->subject();
  Names names;
  for (const RecordedTensor& tensor : subject.tensors) names.push_back(tensor.name);
  check_same_subject(folder, recording_subject(predictor, names, images, subject.precision),
                     subject);
  const std::vector<SampleKey> keys = some_keys(*recording, images, rows);
  std::vector<SampleKey> sources;
  for (const SampleKey& key : keys) sources.push_back(source_key(images, key));
  AuditReport report{.rows = static_cast<int64_t>(keys.size())};
  if (keys.empty()) return report;
  const double tolerance = subject.precision == "fp16" ? 1e-3 : 1e-5;
  const NamedTensors live = predict_in_micro_batches(predictor, make_batch(images, keys), names);
  for (const std::string& name : names) {
    const Tensor said = live.at(name).flatten(1);
    const Tensor differences = recording->gather(name, sources).flatten(1).sub(said).abs().amax(1);
    const Tensor allowed = said.abs().amax(1).add(1).mul(tolerance);
    report.largest_difference =
        std::max(report.largest_difference, differences.max().item<double>());
    for (size_t i = 0; i < keys.size(); ++i) {
      const auto row = static_cast<int64_t>(i);
      // A difference that is no number fails too.
      if (differences[row].item<double>() <= allowed[row].item<double>()) continue;
      throw Error(ExitCode::verification,
                  fmt::format("{}: '{}' of sample {}, view {} differs by {:.3g} from what the "
                              "teacher says now ({} rows were compared)",
                              folder.string(), printable(name), sources[i].index, sources[i].view,
                              differences[row].item<double>(), keys.size()));
    }
  }
  return report;
}

Names teachers_to_record(const Plan& plan) {
  const PlannedModel& student = plan.models.back();
  const Names reads = make_objective(student.objective).reads();
  Names teachers;
  for (const PlannedModel& model : plan.models) {
    if (model.recording || names_of(model.name, reads).empty() || model.name == student.name)
      continue;
    const std::string problem = cannot_be_recorded(student, model.name);
    if (!problem.empty()) {
      throw Error(ExitCode::usage, fmt::format("teacher.{}: {}", model.name, problem));
    }
    teachers.push_back(model.name);
  }
  return teachers;
}

void refuse_nothing_to_record() {
  throw Error(ExitCode::usage,
              "there is nothing to record: no term of the objective reads a teacher that is a "
              "network, a mean or a merge");
}

std::vector<RecordingReport> record_teachers(const PlannedModel& student, const Teachers& teachers,
                                             const RunFolder& folder, int64_t audited_rows,
                                             Progress& progress) {
  std::vector<RecordingReport> reports;
  for (const auto& [name, teacher] : in_precision(teachers, student.train.precision)) {
    const Names tensors = names_of(name, make_objective(student.objective).reads());
    if (tensors.empty()) continue;
    const Dataset& images = *student.images_for(name);
    RecordingPlace place{.folder = folder.root() / "recordings", .is_root = true};
    for (const RecordedTeacher& one : recordings_in(folder, student)) {
      if (one.teacher == name) place = one.place;
    }
    if (audited_rows == 0) {
      reports.push_back(record(name, teacher, tensors, images, place, progress));
      continue;
    }
    const RecordedForm form = recorded_form(teacher, tensors, place);
    const RecordingSubject subject =
        recording_subject(*form.predictor, form.names, images, place.precision);
    const Path path = place.is_root ? place.folder / subject.fingerprint().text() : place.folder;
    reports.push_back(
        {.teacher = name, .folder = path, .audit = audit(teacher, images, path, audited_rows)});
  }
  return reports;
}

}  // namespace retort
