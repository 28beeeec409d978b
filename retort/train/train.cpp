#include "retort/train/train.hpp"

#include <ATen/core/grad_mode.h>
#include <ATen/ops/isfinite.h>
#include <fmt/format.h>

#include "retort/base/interrupt.hpp"
#include "retort/result/metrics_line.hpp"
#include "retort/task/classification.hpp"
#include "retort/train/epoch_totals.hpp"
#include "retort/train/stopwatch.hpp"
#include "retort/train/training_state.hpp"

namespace retort {
namespace {

constexpr std::string_view student_name = "student";
constexpr std::string_view target_name = "target";

// "big/logits" -> "logits" for the owner "big"; only the names of this owner.
Names names_of(std::string_view owner, const Names& names) {
  Names result;
  for (const std::string& name : names) {
    if (name.starts_with(owner) && name.substr(owner.size(), 1) == "/") {
      result.push_back(name.substr(owner.size() + 1));
    }
  }
  return result;
}

void add(NamedTensors& table, std::string_view owner, const NamedTensors& values) {
  for (const auto& [name, tensor] : values) table.set(fmt::format("{}/{}", owner, name), tensor);
}

double accuracy_of(Trainable& student, const Dataset& dataset) {
  constexpr int64_t batch_size = 500;
  const at::NoGradGuard no_gradient;
  ClassificationMeter meter(static_cast<int64_t>(dataset.classes().size()));
  for (std::vector<SampleKey>& keys : batches_in_order(dataset, batch_size)) {
    const Batch batch = make_batch(dataset, std::move(keys));
    meter.add(student.forward(batch.inputs, {"logits"}, {}).at("logits"),
              batch.targets.at("class"));
  }
  return meter.scores().accuracy;
}

// Objective::evaluate, whose errors know nothing of the training they happen in.
Breakdown evaluate(const Objective& objective, const NamedTensors& values, const std::string& model,
                   int64_t step) {
  try {
    return objective.evaluate(values);
  } catch (const Error& error) {
    throw Error(error.code(), fmt::format("{}, step {}: {}", model, step + 1, error.what()));
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
  const int64_t epoch_steps = batches.steps_per_epoch();
  EpochTotals totals(objective);
  TrainingStatus status;
  status.model = context.model;
  status.epochs = settings.epochs;
  status.steps = settings.epochs * epoch_steps;
  double unattributed = 0;

  const TrainingState state{student, optimiser, totals, record};
  const int64_t first_step = context.start != nullptr ? context.start->step : 0;
  if (context.start != nullptr) {
    state.restore(*context.start);
    batches.go_to(first_step);
  }
  if (!record.epochs.empty()) status.validation_accuracy = record.epochs.back().validation_accuracy;
  Stopwatch watch(time.total);
  const auto save_checkpoint = [&](int64_t steps_done) {
    if (context.checkpoints == nullptr || steps_done == first_step) return;
    time.total = watch.total();
    context.checkpoints->save(state.checkpoint(steps_done));
  };
  int64_t images = first_step * batches.batch_size();

  for (int64_t step = first_step; step < status.steps; ++step) {
    const bool due = context.checkpoints != nullptr && context.checkpoints->due(step);
    if (due || stop_requested()) save_checkpoint(step);
    stop_if_requested();
    watch.lap(unattributed);
    const Batch batch = batches.next();
    NamedTensors values;
    add(values, target_name, batch.targets);
    watch.lap(time.data);

    for (const auto& [name, teacher] : teachers) {
      const Names wanted = names_of(name, names);
      if (!wanted.empty()) add(values, name, teacher->predict(batch.inputs, wanted));
    }
    watch.lap(time.teacher);

    const PassMode mode{.training = true, .key = dropout_key.with(static_cast<uint64_t>(step))};
    add(values, student_name, student.forward(batch.inputs, names_of(student_name, names), mode));
    watch.lap(time.forward);

    const Breakdown breakdown = evaluate(objective, values, context.model, step);
    totals.add(breakdown);
    watch.lap(time.loss);

    optimiser.clear_gradients();
    breakdown.total.backward();
    watch.lap(time.backward);

    const double factor =
        learning_rate_factor(settings.schedule, settings.warmup, step, status.steps);
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
    if (status.step % epoch_steps != 0) continue;

    if (status.epoch == 1) {
      for (const std::string& line : totals.silent_terms()) {
        record.warnings.push_back(line);
        progress.warning(context.model + ": " + line);
      }
    }
    if (context.validation) {
      watch.lap(unattributed);
      status.validation_accuracy = accuracy_of(student, *context.validation);
      watch.lap(time.evaluation);
    }
    record.epochs.push_back({status.epoch, status.step, settings.learning_rate * factor,
                             totals.loss(), status.terms, status.validation_accuracy,
                             status.images_per_second});
    if (context.metrics) {
      context.metrics->write(metrics_line(context.model, record.epochs.back()));
    }
    progress.epoch_ended(status);
    totals.clear();
  }
  check_finite(optimiser.parameters(), context.model);
  save_checkpoint(status.steps);
  time.total = watch.total();
  return record;
}

}  // namespace retort
