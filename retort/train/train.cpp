#include "retort/train/train.hpp"

#include <ATen/core/grad_mode.h>
#include <ATen/ops/isfinite.h>
#include <fmt/format.h>

#include "retort/base/interrupt.hpp"
#include "retort/evaluate/answers.hpp"
#include "retort/train/epoch_totals.hpp"
#include "retort/train/precision.hpp"
#include "retort/train/qualified_names.hpp"
#include "retort/train/stopwatch.hpp"
#include "retort/train/term_gradients.hpp"
#include "retort/train/training_state.hpp"

namespace retort {
namespace {

constexpr std::string_view student_name = "student";
constexpr std::string_view target_name = "target";

// What is measured after an epoch; nothing is chosen by it.
void measure(Trainable& student, const TrainContext& context, EpochRecord& epoch) {
  const at::NoGradGuard no_gradient;
  const auto logits = [&](const Tensor& images) {
    return student.forward(images, {"logits"}, {}).at("logits");
  };
  if (context.validation) {
    const Scores scores = scores_of(answers_of(logits, *context.validation));
    epoch.validation_accuracy = scores.accuracy;
    epoch.validation_errors = scores.errors;
  }
  if (context.test) {
    const Scores scores = scores_of(answers_of(logits, *context.test));
    epoch.test_accuracy = scores.accuracy;
    epoch.test_errors = scores.errors;
  }
}

// The whole batch's counts: what the terms' sums over a part of it are divided by.
std::vector<double> counts_of(const Objective& objective, const Batch& batch) {
  NamedTensors targets;
  add_of(target_name, batch.targets, targets);
  return objective.counts(targets, batch.inputs.size(0));
}

// Objective::evaluate, whose errors know nothing of the training they happen in.
Breakdown evaluate(const Objective& objective, const NamedTensors& values,
                   const std::vector<double>& counts, const std::string& model, int64_t step) {
  try {
    return objective.evaluate(values, counts);
  } catch (const Error& error) {
    throw Error(error.code(), fmt::format("{}, step {}: {}", model, step + 1, error.what()));
  }
}

void warn_of(const std::vector<std::string>& lines, const std::string& model,
             TrainingRecord& record, Progress& progress) {
  for (const std::string& line : lines) {
    record.warnings.push_back(line);
    progress.warning(model + ": " + line);
  }
}

// The last step's loss is never seen: what it did to the weights is.
void check_finite(const std::vector<Parameter>& parameters, const std::string& model) {
  for (const Parameter& parameter : parameters) {
    if (parameter.value.isfinite().all().item<bool>()) continue;
    throw Error(
        ExitCode::numeric,
        fmt::format("{}: after the last step weight '{}' holds a value that is no number; a "
                    "lower learning rate may help",
                    model, parameter.name));
  }
}

}  // namespace

TrainingRecord train(Trainable& student, const Teachers& teachers, const Objective& objective,
                     BatchStream& batches, const TrainSettings& settings,
                     const TrainContext& context, Progress& progress) {
  TrainingRecord record;
  TimeSpent& time = record.time;
  Optimiser optimiser(settings.optimiser, student.parameters(), settings.weight_decay);
  const RandomKey dropout_key(context.seed, "dropout");
  const Names names = objective.reads();
  const Names student_names = names_of(student_name, names);
  const bool bf16 = settings.precision == "bf16";
  const int64_t epoch_steps = batches.steps_per_epoch();
  EpochTotals totals(objective);
  TrainingStatus status;
  status.model = context.model;
  status.epochs = settings.epochs;
  status.steps = settings.epochs * epoch_steps;

  const TrainingState state{student, optimiser, totals, record};
  const int64_t first_step = context.start != nullptr ? context.start->step : 0;
  if (context.start != nullptr) {
    state.restore(*context.start);
    batches.go_to(first_step);
  } else if (bf16 && !processor_multiplies_bf16()) {
    warn_of({"this processor has no bf16 products: precision = \"bf16\" is slower here than fp32"},
            context.model, record, progress);
  }
  if (!record.epochs.empty()) status.validation_accuracy = record.epochs.back().validation_accuracy;
  record.images_fingerprint = batches.dataset().fingerprint().text();
  Stopwatch watch(time.total);
  double unattributed = 0;
  const TeacherAnswers teacher_answers(teachers, names, batches.dataset(), settings.epochs);
  watch.lap(time.teacher);
  const auto save_checkpoint = [&](int64_t steps_done) {
    if (context.checkpoints == nullptr || steps_done == first_step) return;
    time.total = watch.total();
    context.checkpoints->save(state.checkpoint(steps_done));
  };
  int64_t images = first_step * batches.batch_size();

  for (int64_t step = first_step; step < status.steps; ++step) {
    const bool due = context.checkpoints != nullptr && context.checkpoints->due(step);
    const bool stop = stop_requested();  // asked once: no stop without its checkpoint
    if (due || stop) save_checkpoint(step);
    if (stop) stop_if_requested();
    const bool ends_epoch = (step + 1) % epoch_steps == 0;
    const RandomKey step_key = dropout_key.with(static_cast<uint64_t>(step));
    TermGradients term_gradients(optimiser.parameters());
    optimiser.clear_gradients();
    watch.lap(unattributed);
    const Batch batch = batches.next();
    const std::vector<double> counts = counts_of(objective, batch);
    const std::vector<Batch> parts = parts_of(batch, settings.micro_batch);
    watch.lap(time.data);

    for (size_t i = 0; i < parts.size(); ++i) {
      NamedTensors values = teacher_answers.answers(parts[i]);
      add_of(target_name, parts[i].targets, values);
      watch.lap(time.teacher);

      const PassMode mode{.training = true, .bf16 = bf16, .key = step_key.with(i)};
      add_of(student_name, student.forward(parts[i].inputs, student_names, mode), values);
      watch.lap(time.forward);

      const Breakdown breakdown = evaluate(objective, values, counts, context.model, step);
      totals.add(breakdown);
      watch.lap(time.loss);

      if (ends_epoch) term_gradients.add(breakdown);
      watch.lap(time.evaluation);
      breakdown.total.backward();
      watch.lap(time.backward);
    }

    const double factor =
        learning_rate_factor(settings.schedule, settings.warmup, step, status.steps);
    const double gradient = ends_epoch ? gradient_norm(optimiser.parameters()) : -1;
    if (settings.clip_gradient > 0) optimiser.clip_gradients(settings.clip_gradient);
    optimiser.step(settings.learning_rate * factor);
    if (settings.max_norm > 0) limit_norms(optimiser.parameters(), settings.max_norm);
    watch.lap(time.optimiser);

    images += batch.inputs.size(0);
    status.step = step + 1;
    status.epoch = step / epoch_steps + 1;
    status.images_per_second = static_cast<double>(images) / watch.total();
    status.seconds_left = watch.total() * static_cast<double>(status.steps - step - 1) /
                          static_cast<double>(step + 1);
    status.terms = totals.terms();
    progress.training(status);
    if (!ends_epoch) continue;

    if (status.epoch == 1) warn_of(totals.silent_terms(), context.model, record, progress);
    const std::vector<double> norms = term_gradients.norms();
    for (size_t i = 0; i < norms.size(); ++i) status.terms[i].gradient_norm = norms[i];
    status.gradient_norm = gradient;
    EpochRecord epoch{.epoch = status.epoch,
                      .step = status.step,
                      .images = images,
                      .learning_rate = settings.learning_rate * factor,
                      .loss = totals.loss(),
                      .terms = status.terms,
                      .gradient_norm = gradient,
                      .images_per_second = status.images_per_second};
    watch.lap(unattributed);
    measure(student, context, epoch);
    watch.lap(time.evaluation);
    status.validation_accuracy = epoch.validation_accuracy;
    record.epochs.push_back(epoch);
    if (context.metrics) context.metrics->write(context.model, epoch);
    progress.epoch_ended(status);
    totals.clear();
  }
  check_finite(optimiser.parameters(), context.model);
  save_checkpoint(status.steps);
  time.total = watch.total();
  return record;
}

}  // namespace retort
