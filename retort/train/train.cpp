#include "retort/train/train.hpp"

#include <ATen/core/grad_mode.h>
#include <ATen/ops/isfinite.h>
#include <fmt/format.h>

#include <optional>

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
  const auto logits = student.measured_logits();
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

// One call of train: what is the same for all steps, and what they change.
class Training {
 public:
  Training(Trainable& student, const Teachers& teachers, const Objective& objective,
           BatchStream& batches, const TrainSettings& settings, const TrainContext& context,
           Progress& progress)
      : student_(student),
        objective_(objective),
        batches_(batches),
        settings_(settings),
        context_(context),
        progress_(progress),
        bf16_(settings.precision == "bf16"),
        student_names_(names_of(student_name, objective.reads())),
        dropout_key_(context.seed, "dropout"),
        epoch_steps_(batches.steps_per_epoch()),
        optimiser_(settings.optimiser, student.parameters(), settings.weight_decay),
        totals_(objective) {
    status_.model = context.model;
    status_.epochs = settings.epochs;
    status_.steps = settings.epochs * epoch_steps_;
    for (const StudentAverageSettings& average : context.averages) {
      averages_.emplace_back(average, names_of(average.teacher, objective.reads()), student);
    }
    begin_or_go_on();
    watch_ = Stopwatch(record_.time.total);
    const bool remember = TeacherAnswers::comes_back(settings.epochs, batches.mix());
    teachers_.emplace(
        in_precision(teachers, settings.precision), objective.reads(), batches.dataset(),
        Remembering{.in_memory = remember, .on_disk = context.recorded}, context.plain);
    for (const std::string& line : teachers_->notes()) progress.note(line);
    warn_of(teachers_->warnings(), context.model, record_, progress);
    watch_.lap(record_.time.teacher);
  }

  TrainingRecord run() {
    for (int64_t step = first_step_; step < status_.steps; ++step) {
      const bool due = context_.checkpoints != nullptr && context_.checkpoints->due(step);
      const bool stop = stop_requested();  // asked once: no stop without its checkpoint
      if (due || stop) save_checkpoint(step);
      if (stop) stop_if_requested();
      take(step);
    }
    teachers_->flush();
    check_finite(optimiser_.parameters(), context_.model);
    save_checkpoint(status_.steps);
    record_.time.total = watch_.total();
    return std::move(record_);
  }

 private:
  TrainingState state() { return {student_, optimiser_, totals_, averages_, record_}; }

  void begin_or_go_on() {
    if (context_.start != nullptr) {
      first_step_ = context_.start->step;
      state().restore(*context_.start);
      batches_.go_to(first_step_);
    } else if (bf16_ && !processor_multiplies_bf16()) {
      warn_of({"this processor has no bf16 products: precision = \"bf16\" is slower here than "
               "fp32"},
              context_.model, record_, progress_);
    }
    images_ = first_step_ * batches_.batch_size();
    if (!record_.epochs.empty()) {
      status_.validation_accuracy = record_.epochs.back().validation_accuracy;
    }
    record_.images_fingerprint = batches_.dataset().fingerprint().text();
  }

  void save_checkpoint(int64_t steps_done) {
    if (context_.checkpoints == nullptr || steps_done == first_step_) return;
    record_.time.total = watch_.total();
    context_.checkpoints->save(state().checkpoint(steps_done));
  }

  // One step: a batch, in parts where it is large, and the optimiser's answer to its gradient.
  void take(int64_t step) {
    TimeSpent& time = record_.time;
    const bool ends_epoch = (step + 1) % epoch_steps_ == 0;
    std::optional<TermGradients> term_gradients;  // its cost is an epoch's, not a step's
    if (ends_epoch) term_gradients.emplace(optimiser_.parameters());
    optimiser_.clear_gradients();
    watch_.lap(unattributed_);
    const Batch batch = batches_.next();
    const std::vector<double> counts = counts_of(objective_, batch);
    const std::vector<Batch> parts = parts_of(batch, settings_.micro_batch);
    watch_.lap(time.data);
    const RandomKey step_key = dropout_key_.with(static_cast<uint64_t>(step));
    for (size_t i = 0; i < parts.size(); ++i) {
      learn_from(parts[i], counts, step_key.with(i), step, term_gradients);
    }
    const double learning_rate =
        settings_.learning_rate *
        learning_rate_factor(settings_.schedule, settings_.warmup, step, status_.steps);
    status_.gradient_norm = ends_epoch ? gradient_norm(optimiser_.parameters()) : -1;
    if (settings_.clip_gradient > 0) optimiser_.clip_gradients(settings_.clip_gradient);
    optimiser_.step(learning_rate);
    if (settings_.max_norm > 0) limit_norms(optimiser_.parameters(), settings_.max_norm);
    for (StudentAverage& average : averages_) average.follow(step + 1);
    watch_.lap(time.optimiser);

    images_ += batch.inputs.size(0);
    tell_step(step);
    if (ends_epoch) end_epoch(learning_rate, *term_gradients);
  }

  // What the teachers say of a part of a batch, the student's answer, the objective, its gradient.
  void learn_from(const Batch& part, const std::vector<double>& counts, const RandomKey& key,
                  int64_t step, std::optional<TermGradients>& term_gradients) {
    TimeSpent& time = record_.time;
    NamedTensors values = teachers_->answers(part, upcoming(step));
    add_averages(part, values);
    add_of(target_name, part.targets, values);
    watch_.lap(time.teacher);

    const PassMode mode{.training = true, .bf16 = bf16_, .key = key};
    add_of(student_name, student_.forward(part.inputs, student_names_, mode), values);
    watch_.lap(time.forward);

    const Breakdown breakdown = evaluate(objective_, values, counts, context_.model, step);
    totals_.add(breakdown);
    watch_.lap(time.loss);

    if (term_gradients) term_gradients->add(breakdown);
    watch_.lap(time.evaluation);
    breakdown.total.backward();
    watch_.lap(time.backward);
  }

  void add_averages(const Batch& part, NamedTensors& values) {
    for (StudentAverage& average : averages_) {
      const bool is_plain = context_.plain.are_for(average.teacher());
      const Tensor images = is_plain ? context_.plain.batch(part).inputs : part.inputs;
      add_of(average.teacher(), average.answers(images, bf16_), values);
    }
  }

  // The keys of the steps after this one, a step a call, up to the end of the epoch.
  Recorded::Upcoming upcoming(int64_t step) const {
    return [this, next = step]() mutable {
      const bool ends_epoch = (next + 1) % epoch_steps_ == 0;
      return ends_epoch ? std::vector<SampleKey>() : batches_.keys_of_step(++next);
    };
  }

  void tell_step(int64_t step) {
    status_.step = step + 1;
    status_.epoch = step / epoch_steps_ + 1;
    status_.images_per_second = static_cast<double>(images_) / watch_.total();
    status_.seconds_left = watch_.total() * static_cast<double>(status_.steps - step - 1) /
                           static_cast<double>(step + 1);
    status_.terms = totals_.terms();
    progress_.training(status_);
  }

  void end_epoch(double learning_rate, const TermGradients& term_gradients) {
    if (status_.epoch == 1) warn_of(totals_.silent_terms(), context_.model, record_, progress_);
    const std::vector<double> norms = term_gradients.norms();
    for (size_t i = 0; i < norms.size(); ++i) status_.terms[i].gradient_norm = norms[i];
    EpochRecord epoch{.epoch = status_.epoch,
                      .step = status_.step,
                      .images = images_,
                      .learning_rate = learning_rate,
                      .loss = totals_.loss(),
                      .terms = status_.terms,
                      .gradient_norm = status_.gradient_norm,
                      .images_per_second = status_.images_per_second};
    watch_.lap(unattributed_);
    measure(student_, context_, epoch);
    watch_.lap(record_.time.evaluation);
    status_.validation_accuracy = epoch.validation_accuracy;
    record_.epochs.push_back(epoch);
    if (context_.metrics) context_.metrics->write(context_.model, epoch);
    progress_.epoch_ended(status_);
    totals_.clear();
  }

  Trainable& student_;
  const Objective& objective_;
  BatchStream& batches_;
  const TrainSettings& settings_;
  const TrainContext& context_;
  Progress& progress_;
  const bool bf16_;
  const Names student_names_;
  const RandomKey dropout_key_;
  const int64_t epoch_steps_;
  int64_t first_step_ = 0;

  Optimiser optimiser_;
  EpochTotals totals_;
  std::vector<StudentAverage> averages_;
  TrainingRecord record_;
  TrainingStatus status_;
  Stopwatch watch_;
  double unattributed_ = 0;
  int64_t images_ = 0;
  std::optional<TeacherAnswers> teachers_;
};

}  // namespace

// Fused convolutions need a processor that can.
Teachers in_precision(Teachers teachers, std::string_view precision) {
  if (precision != "bf16" || !processor_multiplies_bf16()) return teachers;
  for (auto& [name, teacher] : teachers) {
    if (const auto quicker = teacher->in_bf16()) teacher = quicker;
  }
  return teachers;
}

TrainingRecord train(Trainable& student, const Teachers& teachers, const Objective& objective,
                     BatchStream& batches, const TrainSettings& settings,
                     const TrainContext& context, Progress& progress) {
  return Training(student, teachers, objective, batches, settings, context, progress).run();
}

}  // namespace retort
