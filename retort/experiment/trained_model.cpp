#include "retort/experiment/trained_model.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "retort/model/model_file.hpp"
#include "retort/tensor/safetensors.hpp"

namespace retort {
namespace {

constexpr const char* model_file = "model.safetensors";
constexpr const char* record_file = "training.json";
constexpr const char* fingerprint_key = "retort.fingerprint";

// The teachers that a model's objective reads: only they have a say in what it becomes.
Teachers teachers_of(const PlannedModel& planned, const Teachers& teachers) {
  Teachers read;
  for (const auto& teacher : teachers) {
    const bool is_read =
        std::any_of(planned.objective.begin(), planned.objective.end(),
                    [&](const TermSettings& term) { return term.teacher() == teacher.first; });
    if (is_read) read.push_back(teacher);
  }
  return read;
}

// Everything that decides the bytes of the model; a new line here makes every teacher new.
Fingerprint training_fingerprint(const PlannedModel& planned, const Teachers& teachers) {
  std::string text = fmt::format("format 2\nseed {}\n{}\n{}\nimages {}\n", planned.seed,
                                 graph_to_json(planned.graph), settings_text(planned.train),
                                 planned.images->fingerprint().text());
  for (const TermSettings& term : planned.objective) text += settings_text(term);
  for (const auto& [name, teacher] : teachers) {
    text += fmt::format("{} {}\n", name, teacher->fingerprint().text());
  }
  return fingerprint_of(text);
}

// Whether this folder holds a whole model with this fingerprint.
bool holds(const Path& folder, const std::string& fingerprint) {
  if (!std::filesystem::exists(folder / model_file)) return false;
  if (!std::filesystem::exists(folder / record_file)) return false;
  try {
    const auto metadata = read_safetensors_metadata(folder / model_file);
    const auto found = metadata.find(fingerprint_key);
    return found != metadata.end() && found->second == fingerprint;
  } catch (const Error&) {
    return false;  // a damaged file is as good as none: the model is trained again
  }
}

// A neighbour's folder that holds the teacher; empty when there is none.
Path find_among_neighbours(const RunFolder& folder, const std::string& fingerprint) {
  std::vector<Path> candidates;
  std::error_code ignored;
  for (const auto& run : std::filesystem::directory_iterator(folder.neighbourhood(), ignored)) {
    for (const auto& entry : std::filesystem::directory_iterator(run.path(), ignored)) {
      if (entry.path().filename().string().starts_with("teacher-")) {
        candidates.push_back(entry.path());
      }
    }
  }
  std::sort(candidates.begin(), candidates.end());
  const auto found = std::find_if(candidates.begin(), candidates.end(),
                                  [&](const Path& path) { return holds(path, fingerprint); });
  return found == candidates.end() ? Path() : *found;
}

void copy_model(const Path& from, const Path& to) {
  // The model comes last: where it is, the record is too.
  for (const char* name : {record_file, model_file}) {
    write_file(to / name, read_file(from / name, ExitCode::model));
  }
}

TrainedModel opened(const Path& folder) {
  return {.predictor = std::make_shared<NetworkPredictor>(load_model(folder / model_file)),
          .file = folder / model_file,
          .found = true,
          .training = read_training_record(folder / record_file)};
}

TrainingRecord train_into(const Path& own, const PlannedModel& planned, const Teachers& teachers,
                          const std::string& fingerprint, int64_t workers, MetricsLog& metrics,
                          Progress& progress) {
  TrainableNetwork student({planned.graph, initial_weights(planned.graph, planned.seed)});
  BatchStream batches(planned.images, planned.train.batch, planned.seed, workers);
  const TrainContext context{.model = planned.name,
                             .seed = planned.seed,
                             .validation = planned.validation,
                             .test = planned.test,
                             .metrics = &metrics};
  TrainingRecord record = train(student, teachers, make_objective(planned.objective), batches,
                                planned.train, context, progress);
  write_file(own / record_file, training_record_json(record));
  save_model(own / model_file, student.model(), {{fingerprint_key, fingerprint}});
  return record;
}

}  // namespace

TrainedModel find_or_train(const PlannedModel& planned, const Teachers& all_teachers,
                           const RunFolder& folder, int64_t workers, MetricsLog& metrics,
                           Progress& progress) {
  const Teachers teachers = teachers_of(planned, all_teachers);
  const Path own = folder.model_folder(planned.folder);
  make_writable_folder(own);
  const std::string fingerprint = training_fingerprint(planned, teachers).text();
  if (!holds(own, fingerprint) && planned.role == "teacher") {
    if (const Path there = find_among_neighbours(folder, fingerprint); !there.empty()) {
      progress.note(fmt::format("{}: found in {}", planned.name, there.string()));
      copy_model(there, own);
    }
  }
  if (holds(own, fingerprint)) {
    progress.note(fmt::format("{}: trained already", planned.name));
    TrainedModel trained = opened(own);
    for (const EpochRecord& epoch : trained.training.epochs) {
      metrics.write(planned.name, epoch);
    }
    return trained;
  }
  progress.note(fmt::format("{}: training on {} images, {} epochs", planned.name,
                            planned.images->size(), planned.train.epochs));
  const TrainingRecord record =
      train_into(own, planned, teachers, fingerprint, workers, metrics, progress);
  TrainedModel trained = opened(own);
  trained.found = false;
  return trained;
}

}  // namespace retort
