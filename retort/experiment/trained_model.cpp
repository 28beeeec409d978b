#include "retort/experiment/trained_model.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "retort/experiment/environment.hpp"
#include "retort/experiment/plan_recording.hpp"
#include "retort/experiment/training_lock.hpp"
#include "retort/model/model_file.hpp"
#include "retort/report/number_words.hpp"
#include "retort/tensor/checksum.hpp"

namespace retort {
namespace {

constexpr const char* model_file = "model.safetensors";
constexpr const char* record_file = "training.json";
constexpr const char* fingerprint_key = "retort.fingerprint";

// The teachers that a model's objective reads: only they have a say in what it becomes.
Teachers teachers_of(const PlannedModel& planned, const Teachers& teachers) {
  Teachers read;
  for (const auto& teacher : teachers) {
    if (any_reads(planned.objective, teacher.first)) read.push_back(teacher);
  }
  return read;
}

// Everything that decides the bytes of the model; a new line here makes every teacher new.
std::string training_text(const PlannedModel& planned, const Teachers& teachers) {
  std::string text = fmt::format("format 2\nseed {}\n{}\n{}\nimages {}\n", planned.seed,
                                 graph_to_json(planned.graph), settings_text(planned.train),
                                 planned.images->fingerprint().text());
  if (!planned.start.weights.empty()) {
    text += fmt::format("start {}\n", checksum_of({planned.start.weights, {}}));
  }
  if (planned.labelled_share > 0) {
    text += fmt::format("labelled share {}\n", planned.labelled_share);
  }
  for (const TermSettings& term : planned.objective) text += settings_text(term);
  for (const auto& [name, teacher] : teachers) {
    text += fmt::format("{} {}\n", name, teacher->fingerprint().text());
  }
  for (const std::string& name : planned.asked_of_plain) text += name + " of plain images\n";
  for (const StudentAverageSettings& average : planned.averages) {
    text += fmt::format("{} follows with decay {}\n", average.teacher, average.decay);
  }
  for (const RecordedTeacher& one : planned.recorded) {
    if (one.place.precision != "fp32") {
      text += fmt::format("{} recorded in {}\n", one.teacher, one.place.precision);
    }
    if (one.place.top.count > 0) {
      text += fmt::format("{} recorded as {}\n", one.teacher, one.place.top.name());
    }
  }
  return text;
}

// Those of a file where the experiment names one; it is never changed.
NamedTensors first_weights(const PlannedModel& planned) {
  NamedTensors weights = initial_weights(planned.graph, planned.seed);
  for (const auto& [name, tensor] : planned.start.weights) weights.set(name, tensor.clone());
  return weights;
}

std::map<std::string, std::string> this_machine() {
  const Environment environment = this_environment();
  return {{"threads", std::to_string(environment.threads)},
          {"LibTorch", environment.libtorch},
          {"processor", environment.cpu}};
}

// The model with this fingerprint if this folder holds it whole. A damaged one is named and as good
// as none: the model is trained again.
std::optional<TrainedModel> model_in(const Path& folder, const std::string& fingerprint,
                                     Progress& progress) {
  const Path file = folder / model_file;
  if (!std::filesystem::exists(file) || !std::filesystem::exists(folder / record_file)) {
    return std::nullopt;
  }
  try {
    const auto metadata = read_safetensors_metadata(file);
    const auto found = metadata.find(fingerprint_key);
    if (found == metadata.end() || found->second != fingerprint) return std::nullopt;
    return TrainedModel{.predictor = std::make_shared<NetworkPredictor>(load_model(file)),
                        .file = file,
                        .found = true,
                        .training = read_training_record(folder / record_file)};
  } catch (const Error& error) {
    progress.warning(fmt::format("not used: {}", error.what()));
    return std::nullopt;
  }
}

// Copies the model from a neighbour's folder that holds it; false when none does.
bool copy_from_neighbour(const RunFolder& folder, const Path& own, const std::string& fingerprint,
                         const std::string& name, Progress& progress) {
  for (const Path& there : folder.shared_models()) {
    if (!model_in(there, fingerprint, progress)) continue;
    progress.note(fmt::format("{}: found in {}", name, there.string()));
    // The model comes last: where it is, the record is too.
    for (const char* file : {record_file, model_file}) {
      write_file(own / file, read_file(there / file, ExitCode::model));
    }
    return true;
  }
  return false;
}

// Where an earlier call stopped, if it left a sound checkpoint.
std::optional<Checkpoint> find_start(Checkpoints& checkpoints, const PlannedModel& planned,
                                     int64_t steps, Progress& progress) {
  Checkpoints::Found found = checkpoints.newest();
  for (const std::string& line : found.warnings) progress.warning(planned.name + ": " + line);
  if (found.checkpoint) {
    progress.note(fmt::format("{}: goes on at step {} of {}", planned.name,
                              thousands(found.checkpoint->step), thousands(steps)));
  }
  return std::move(found.checkpoint);
}

void train_into(const RunFolder& folder, const PlannedModel& planned, const Teachers& teachers,
                const std::string& settings, const Experiment& experiment, MetricsLog& metrics,
                Progress& progress) {
  const Path own = folder.model_folder(planned.folder);
  TrainableNetwork student({planned.graph, first_weights(planned)});
  BatchStream batches(planned.images, planned.train.batch, planned.seed, experiment.data.workers,
                      planned.train.mix, planned.labelled_share);
  Checkpoints checkpoints(own / "checkpoints", {settings, this_machine()},
                          experiment.checkpoints.every_steps);
  const std::optional<Checkpoint> start =
      find_start(checkpoints, planned, planned.train.epochs * batches.steps_per_epoch(), progress);
  metrics.begin(planned.name, start ? start->record : TrainingRecord());
  const TrainContext context{.model = planned.name,
                             .seed = planned.seed,
                             .validation = planned.validation,
                             .test = planned.test,
                             .metrics = &metrics,
                             .start = start ? &*start : nullptr,
                             .recorded = recordings_in(folder, planned),
                             .checkpoints = &checkpoints,
                             .plain = {planned.plain, planned.asked_of_plain},
                             .averages = planned.averages};
  const TrainingRecord record = train(student, teachers, make_objective(planned.objective), batches,
                                      planned.train, context, progress);
  write_file(own / record_file, training_record_json(record));
  save_model(own / model_file, student.model(),
             {{fingerprint_key, fingerprint_of(settings).text()}});
}

}  // namespace

std::string training_fingerprint(const PlannedModel& planned, const Teachers& teachers) {
  return fingerprint_of(training_text(planned, teachers_of(planned, teachers))).text();
}

TrainedModel find_or_train(const PlannedModel& planned, const Teachers& all_teachers,
                           const RunFolder& folder, const Experiment& experiment,
                           MetricsLog& metrics, Progress& progress) {
  const Teachers teachers = teachers_of(planned, all_teachers);
  const Path own = folder.model_folder(planned.folder);
  make_writable_folder(own);
  remove_unfinished_files(own);
  // Of a training that was killed: where the model is found elsewhere, none opens this folder
  // again.
  remove_unfinished_files(own / "checkpoints");
  const std::string settings = training_text(planned, teachers);
  const std::string fingerprint = fingerprint_of(settings).text();
  std::optional<TrainedModel> trained = model_in(own, fingerprint, progress);
  std::optional<TrainingLock> lock;
  if (!trained && planned.role != "student") {
    lock.emplace(folder.root(), fingerprint, [&] {
      progress.note(fmt::format("{}: another process trains it; waiting", planned.name));
    });
    if (copy_from_neighbour(folder, own, fingerprint, planned.name, progress)) {
      trained = model_in(own, fingerprint, progress);
    }
  }
  if (trained) {
    progress.note(fmt::format("{}: trained already", planned.name));
  } else {
    progress.note(fmt::format("{}: training on {} images, {} epochs", planned.name,
                              planned.distinct_images, planned.train.epochs));
    if (!planned.start.weights.empty()) {
      progress.note(fmt::format("{}: start: {}", planned.name, planned.start.report.text()));
    }
    for (const std::string& line : recording_notes(planned, teachers, folder)) progress.note(line);
    train_into(folder, planned, teachers, settings, experiment, metrics, progress);
    trained = model_in(own, fingerprint, progress);
    if (!trained)
      throw Error(ExitCode::resources,
                  fmt::format("{}: what was written cannot be read back", own.string()));
    trained->found = false;
  }
  metrics.add(planned.name, trained->training);
  return *std::move(trained);
}

}  // namespace retort
