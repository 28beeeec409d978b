#include "retort/experiment/chance.hpp"

#include <ATen/ops/tensor.h>
#include <fmt/format.h>

#include <algorithm>

#include "retort/data/subset.hpp"
#include "retort/evaluate/answers.hpp"
#include "retort/predict/merged.hpp"

namespace retort {
namespace {

constexpr int64_t most_judged = 1000;  // images

// Twice as often right as by guessing; of two classes, half of the way to always.
bool near_chance(double accuracy, size_t classes) {
  const double chance = 1.0 / static_cast<double>(classes);
  return accuracy < std::min(2 * chance, (1 + chance) / 2);
}

std::string guessing_text(size_t classes) {
  return fmt::format("guessing would be on {:.1f} %", 100.0 / static_cast<double>(classes));
}

// At most `most` of the images, evenly spread: sets are often sorted by class.
DatasetPointer some_of(const DatasetPointer& images, int64_t most) {
  const int64_t count = std::min(most, images->size());
  std::vector<int64_t> indices;
  for (int64_t i = 0; i < count; ++i) indices.push_back(i * images->size() / count);
  return subset(images, indices);
}

DatasetPointer images_with_a_label(const DatasetPointer& images) {
  std::vector<int64_t> indices;
  for (int64_t i = 0; i < images->size(); ++i) {
    if (images->label(i) != no_label) indices.push_back(i);
  }
  return subset(images, indices);
}

// What networks are usually trained with: published statistics, and pixels of other ranges.
std::vector<Normalisation> usual_normalisations(size_t channels) {
  const auto equal = [&](double mean, double deviation) {
    return Normalisation{std::vector<double>(channels, mean),
                         std::vector<double>(channels, deviation)};
  };
  std::vector<Normalisation> usual = {equal(0, 1), equal(0.5, 0.5), equal(0.5, 0.25),
                                      equal(0, 1.0 / 255)};
  if (channels == 1) usual.push_back({{0.1307}, {0.3081}});  // MNIST
  if (channels == 3) {
    usual.push_back({{0.485, 0.456, 0.406}, {0.229, 0.224, 0.225}});        // ImageNet
    usual.push_back({{0.4914, 0.4822, 0.4465}, {0.247, 0.2435, 0.2616}});   // CIFAR-10
    usual.push_back({{0.5071, 0.4867, 0.4408}, {0.2675, 0.2565, 0.2761}});  // CIFAR-100
    const double level = 1.0 / 255;
    usual.push_back({{0.485, 0.456, 0.406}, {level, level, level}});  // means taken off bytes
  }
  return usual;
}

double accuracy_of(const Predictor& teacher, const Dataset& images) {
  return scores_of(answers_of(teacher, images)).accuracy;
}

// A file's model, which may know only some of the classes of the data.
std::shared_ptr<const Predictor> as_teacher(const PlannedModel& planned, const Model& model,
                                            const Dataset& images) {
  const std::string where = planned.file.string();
  if (planned.known.empty()) return teacher_of(model, images, where);
  return widened(std::make_shared<NetworkPredictor>(model), images.classes(), where);
}

size_t classes_of(const PlannedModel& planned, const Dataset& images) {
  return planned.known.empty() ? images.classes().size() : planned.known.size();
}

// The usual normalisation with which the file does best; empty where none helps.
std::string helpful_normalisation(const PlannedModel& planned, const Dataset& images) {
  const Model& model = *planned.ready;
  const Shape& shape = model.graph.input_shape();
  if (shape.size() != 3) return "";
  double best = 0;
  Model tried = model;
  Normalisation helpful;
  for (const Normalisation& usual : usual_normalisations(static_cast<size_t>(shape[0]))) {
    tried.graph.normalisation = usual;
    const double accuracy = accuracy_of(*as_teacher(planned, tried, images), images);
    if (accuracy <= best) continue;
    best = accuracy;
    helpful = usual;
  }
  if (near_chance(best, classes_of(planned, images))) return "";
  return fmt::format(
      ". With normalise = {{ mean = [{:.4g}], deviation = [{:.4g}] }} it is right on {:.1f} %",
      fmt::join(helpful.mean, ", "), fmt::join(helpful.deviation, ", "), 100 * best);
}

}  // namespace

void warn_at_chance(const PlannedModel& planned, const Predictor& teacher, const Plan& plan,
                    RunResult& result, Progress& progress) {
  // By pools it knows more of the student's images than of these.
  if (planned.merge && std::holds_alternative<Pools>(planned.merge->rule)) return;
  const Dataset& images = plan.validation ? *plan.validation : *plan.test;
  const Scores scores = scores_of(answers_of(teacher, images));
  const double accuracy = scores.accuracy;
  const size_t classes = images.classes().size();
  if (scores.count == 0 || !near_chance(accuracy, classes)) return;
  result.warnings.push_back(fmt::format(
      "teacher {} is right on {:.1f} % of the {} images, {}: there is little to learn from it",
      planned.name, 100 * accuracy, plan.validation ? "validation" : "test",
      guessing_text(classes)));
  progress.warning(result.warnings.back());
}

void refuse_at_chance(const PlannedModel& planned, const Plan& plan) {
  if (planned.accept_at_chance) return;
  DatasetPointer images = plan.validation ? plan.validation : plan.training;
  if (!planned.known.empty()) images = images_of_classes(images, planned.known);
  images = some_of(images, most_judged);
  if (images->size() == 0) return;  // none has a label
  const Scores scores =
      scores_of(answers_of(*as_teacher(planned, *planned.ready, *images), *images));
  const size_t classes = classes_of(planned, *images);
  if (scores.count == 0 || !near_chance(scores.accuracy, classes)) return;
  throw Error(
      ExitCode::usage,
      fmt::format(
          "teacher.{0}: {1} is right on {2:.1f} % of {3} {4} images, {5}; other preprocessing "
          "than in its training is the usual cause: set teacher.{0}.normalise (and classes, "
          "their order) as there, or accept_at_chance = true{6}",
          planned.name, printable(planned.file.string()), 100 * scores.accuracy, images->size(),
          plan.validation ? "validation" : "training", guessing_text(classes),
          helpful_normalisation(planned, *images)));
}

void refuse_recordings_at_chance(const PlannedModel& student, const Experiment& experiment) {
  for (const RecordedTeacher& one : student.recorded) {
    const bool accepts =
        std::any_of(experiment.teachers.begin(), experiment.teachers.end(), [&](const auto& named) {
          return named.first == one.teacher && named.second.accept_at_chance;
        });
    const DatasetPointer& images = student.images_for(one.teacher);
    // Of views, one alone tells little; a mean or a merge has no logits of its own.
    if (!one.place.alone || accepts || images->views() > 1) continue;
    const auto recording = Recording::open_to_read(one.place.folder);
    const auto& tensors = recording->subject().tensors;
    if (std::none_of(tensors.begin(), tensors.end(),
                     [](const RecordedTensor& tensor) { return tensor.name == "logits"; })) {
      continue;
    }
    const DatasetPointer some = some_of(images_with_a_label(images), most_judged);
    std::vector<SampleKey> keys;
    std::vector<int64_t> labels;
    for (int64_t i = 0; i < some->size(); ++i) {
      const SampleKey key = source_key(*some, {.index = i});
      if (!recording->has(key)) continue;
      keys.push_back(key);
      labels.push_back(some->label(i));
    }
    if (keys.empty()) continue;
    const Scores scores = scores_of(
        {recording->gather("logits", keys).to(at::kFloat), at::tensor(labels, at::kLong)});
    const size_t classes = images->classes().size();
    if (!near_chance(scores.accuracy, classes)) continue;
    throw Error(
        ExitCode::usage,
        fmt::format("teacher.{}.recording: {} is right on {:.1f} % of {} images, {}; wanted "
                    "logits in the order of the data's classes ({}), or accept_at_chance = "
                    "true",
                    one.teacher, one.place.folder.string(), 100 * scores.accuracy, keys.size(),
                    guessing_text(classes), printable(join(images->classes()))));
  }
}

}  // namespace retort
