#include "retort/pipeline.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "retort/base/interrupt.hpp"
#include "retort/experiment/adjust.hpp"
#include "retort/experiment/chance.hpp"
#include "retort/experiment/choose_images.hpp"
#include "retort/experiment/environment.hpp"
#include "retort/experiment/measure.hpp"
#include "retort/experiment/merge_teachers.hpp"
#include "retort/experiment/names.hpp"
#include "retort/experiment/runs.hpp"
#include "retort/experiment/single_image.hpp"
#include "retort/model/model_file.hpp"
#include "retort/onnx/onnx_file.hpp"
#include "retort/predict/ensemble.hpp"
#include "retort/report/comparison.hpp"
#include "retort/report/compression_report.hpp"
#include "retort/report/report.hpp"
#include "retort/report/sweep_report.hpp"

namespace retort {
namespace {

using Predictors = std::vector<std::pair<std::string, std::shared_ptr<const Predictor>>>;

// A teacher that is not trained here: a file, the mean of other teachers, or a merge of them.
TrainedModel ready_teacher(const PlannedModel& planned, const Teachers& teachers,
                           const Dataset& data, Progress& progress) {
  if (planned.merge) return {merged_teacher(planned, teachers, progress), {}, true, {}};
  if (planned.ready && (planned.role == "gate" || !planned.known.empty())) {
    return {std::make_shared<NetworkPredictor>(*planned.ready), planned.file, true, {}};
  }
  if (planned.ready) {
    return {teacher_of(*planned.ready, data, planned.file.string()), planned.file, true, {}};
  }
  std::vector<std::shared_ptr<const Predictor>> members;
  for (const auto& [name, predictor] : teachers) {
    if (!holds(planned.members, name)) continue;
    for (auto& view : in_views(predictor, planned.views, planned.seed)) {
      members.push_back(std::move(view));
    }
  }
  return {ensemble_of(std::move(members), planned.mean), {}, true, {}};
}

// A model that is found, trained, or ready as it is.
TrainedModel make_model(const PlannedModel& planned, const Teachers& teachers, const Plan& plan,
                        const Experiment& experiment, const RunFolder& folder, MetricsLog& metrics,
                        Progress& progress) {
  if (!planned.is_trained()) return ready_teacher(planned, teachers, *plan.test, progress);
  return find_or_train(planned, teachers, folder, experiment, metrics, progress);
}

// Teachers, twin and student, one after the other; each is measured as soon as it is there.
Predictors make_models(const Plan& plan, const Experiment& experiment, const RunFolder& folder,
                       Progress& progress, RunResult& result) {
  MetricsLog metrics(folder.path());
  Predictors predictors;
  Teachers teachers;
  NamedAnswers answers;
  for (const PlannedModel& one : plan.models) {
    const PlannedModel planned = with_chosen_images(one, teachers, folder, result, progress);
    if (planned.recording) {  // it knows the training images alone: nothing to measure
      teachers.emplace_back(planned.name, planned.recording);
      continue;
    }
    const TrainedModel trained =
        make_model(planned, teachers, plan, experiment, folder, metrics, progress);
    if (planned.role == "gate" || !planned.known.empty()) {
      teachers.emplace_back(planned.name, trained.predictor);
      if (planned.role == "gate") continue;
      if (planned.ready) refuse_at_chance(planned, plan);
      predictors.emplace_back(planned.name, trained.predictor);
      result.models.push_back(measured_where_known(planned, trained, plan));
      folder.write(result);
      continue;
    }
    if (planned.role == "teacher") {
      if (planned.ready) {
        refuse_at_chance(planned, plan);
      } else {
        warn_at_chance(planned, *trained.predictor, plan, result, progress);
      }
      teachers.emplace_back(planned.name, trained.predictor);
    }
    predictors.emplace_back(planned.name, trained.predictor);
    answers.emplace_back(planned.name, answers_of(*trained.predictor, *plan.test));
    if (planned.role == "teacher") {
      examine_soft_targets(planned, answers.back().second, plan, result, progress);
    }
    result.models.push_back(measured(planned, trained, answers.back().second));
    folder.write(result);
    if (planned.role == "student") {
      adjust_student(plan, trained, answers.back().second, folder, result, progress);
    }
  }
  metrics.close();
  compare(plan, answers, result);
  examine_merges(plan, teachers, answers, result);
  return predictors;
}

// The cells one after the other, in this process.
void run_cells(const Sweep& sweep, SweepFolder& folder, SharedData& data, Progress& progress) {
  for (const size_t index : folder.unfinished()) {
    stop_if_requested();
    progress.note(cell_note(folder.result(), index, "starts"));
    folder.started(index);
    try {
      run(sweep.cells[index].experiment, folder.cell_folder(index), progress, data);
      folder.finished(index);
    } catch (const std::exception& error) {
      const auto [code, text] = reason_of(error);
      folder.failed(index, code, text);
      if (code == ExitCode::interrupted) throw;
      progress.warning(cell_note(folder.result(), index, "failed: " + text));
    }
  }
}

// The images of a folder, for a model with these classes, or those of an experiment file. IDX files
// name no classes: a model's own names are theirs, unless they are the format's default ones in
// another order.
DatasetPointer images_of(const Path& data, const Graph& model, Split split = Split::test) {
  if (data.extension() == ".toml") {
    const std::optional<Sweep> sweep = read_sweep(data);
    return SharedData().split(sweep ? sweep->cells[0].experiment : read_experiment(data), split);
  }
  const Classes usual = IdxFormat().class_names;
  const bool turned =
      std::is_permutation(model.classes.begin(), model.classes.end(), usual.begin(), usual.end());
  return open_split(format_of_folder(data, turned ? Classes() : model.classes, model.input_shape()),
                    split, "");
}

// Like record of an experiment, which is planned already.
std::vector<RecordingReport> record(const Plan& plan, const ExperimentFile& experiment,
                                    const Path& out, int64_t audited_rows, Progress& progress) {
  const RunFolder folder(out, experiment);
  LoggedProgress logged(folder, progress);
  MetricsLog metrics(folder.path());
  Teachers teachers;
  for (const PlannedModel& planned : plan.models) {
    const bool is_teacher = planned.role == "teacher" || planned.role == "gate";
    if (!is_teacher || planned.recording) continue;
    teachers.emplace_back(planned.name, make_model(planned, teachers, plan, experiment.experiment,
                                                   folder, metrics, logged)
                                            .predictor);
  }
  metrics.close();
  return record_teachers(plan.models.back(), teachers, folder, audited_rows, logged);
}

}  // namespace

Estimate check(const ExperimentFile& experiment) {
  return estimate(make_plan(experiment));
}

RunResult run(const ExperimentFile& experiment, const Path& out, Progress& progress) {
  SharedData data;
  return run(experiment, out, progress, data);
}

RunResult run(const ExperimentFile& experiment, const Path& out, Progress& progress,
              SharedData& data) {
  const Plan plan = make_plan(experiment, data);
  const RunFolder folder(out, experiment);
  LoggedProgress logged(folder, progress);
  RunResult result = started(experiment, plan, folder);
  for (const std::string& line : result.warnings) logged.warning(line);
  try {
    const Predictors predictors = make_models(plan, experiment.experiment, folder, logged, result);
    stop_if_requested();
    const ExportCheck exported = export_onnx(folder.model_folder("student") / "model.safetensors",
                                             out / "student.onnx", plan.test.get());
    result.export_difference = exported.largest_difference;
    result.export_images = exported.images;
    stop_if_requested();
    measure_latencies(predictors, result);
    result.verdicts = verdicts_of(experiment.experiment.expectations, result);
    result.status = "done";
    write_file(out / "report.html", report_html(result));
    folder.write(result);
    return result;
  } catch (const std::exception& error) {
    const auto* known = dynamic_cast<const Error*>(&error);
    const bool interrupted = known != nullptr && known->code() == ExitCode::interrupted;
    result.status = interrupted ? "interrupted" : "failed";
    folder.try_to_write(result);
    throw;
  }
}

SweepEstimate check(const Sweep& sweep) {
  return estimate(sweep);
}

SweepResult run(const Sweep& sweep, const Path& out, const SweepOptions& options,
                Progress& progress) {
  SharedData data;
  for (const SweepCell& cell : sweep.cells) make_plan(cell, data);
  SweepFolder folder(sweep, out);
  try {
    if (options.jobs > 1) {
      data = {};
      run_in_processes(folder, options, progress);
    } else {
      run_cells(sweep, folder, data, progress);
    }
  } catch (const Error&) {
    folder.close();
    throw;
  }
  folder.close();
  return folder.result();
}

CompressionResult compress(const Sweep& sweep, const CompressionLimits& limits, const Path& out,
                           const SweepOptions& options, Progress& progress) {
  const Plan first = make_plan(sweep.cells.front().experiment);
  check_compression(sweep, first, limits);
  CompressionResult result{run(sweep, out, options, progress), {}};
  if (result.sweep.status != "done") return result;
  result.compression = measure_compression(sweep, first, out, limits, options.command, progress);
  write_compression(*result.compression, out);
  write_file(out / "report.html", compression_report_html(*result.compression, result.sweep));
  return result;
}

Scores evaluate(const Path& model, const Path& data) {
  const Model opened = open_model(model);
  const DatasetPointer images = images_of(data, opened.graph);
  return scores_of(answers_of(*teacher_of(opened, *images, model.string()), *images));
}

SoftTargets soft_targets(const Path& model, const Path& data, const TargetOptions& options) {
  const Model opened = open_model(model);
  const DatasetPointer images = images_of(data, opened.graph, options.split);
  return soft_targets_of_model(model.string(), *teacher_of(opened, *images, model.string()),
                               *images, options);
}

void draw_soft_targets(const SoftTargets& targets, const Path& page) {
  write_file(page, soft_targets_page(targets, version));
}

ExportCheck export_model(const Path& model, const Path& onnx, const Path& data,
                         const ExportForm& form) {
  if (data.empty()) return export_onnx(model, onnx, nullptr, form);
  const Model opened = open_model(model);
  const DatasetPointer images = images_of(data, opened.graph);
  teacher_of(opened, *images, model.string());  // fits them
  return export_onnx(model, onnx, images.get(), form);
}

Adjustment adjust(const Path& model, const std::vector<std::string>& prior, const Path& data,
                  Split split, const Path& out) {
  std::error_code not_there;
  if (std::filesystem::equivalent(model, out, not_there)) {
    throw Error(ExitCode::usage, fmt::format("{}: would overwrite the model itself", out.string()));
  }
  if (out.extension() != ".onnx" && out.extension() != ".safetensors") {
    throw Error(ExitCode::usage, fmt::format("{}: wanted a name that ends in .safetensors or .onnx",
                                             printable(out.string())));
  }
  const Model original = open_model(model);
  const DatasetPointer images = images_of(data, original.graph, split);
  teacher_of(original, *images, model.string());  // fits them
  const Classes& named = original.graph.classes;
  const Prior shares = read_prior(prior, named.empty() ? images->classes() : named);
  const AdjustedModel made =
      adjusted(original, answers_of(NetworkPredictor(original), *images).logits, shares);
  if (out.extension() == ".onnx") {
    write_onnx(out, made.model);
  } else {
    save_model(out, made.model);
  }
  return made.record;
}

RecordingReport record(const Path& model, const RecordOptions& options, Progress& progress) {
  const Model opened = open_model(model);
  const DatasetPointer images = images_of(options.data, opened.graph, options.split);
  const auto predictor = teacher_of(opened, *images, model.string());
  if (options.audited_rows > 0) {
    return {.teacher = model.string(),
            .folder = options.out,
            .audit = audit(predictor, *images, options.out, options.audited_rows)};
  }
  const RecordingPlace place{.folder = options.out, .precision = options.precision};
  return record(model.string(), predictor, options.tensors, *images, place, progress);
}

std::vector<RecordingReport> record(const ExperimentFile& experiment, const Path& out,
                                    int64_t audited_rows, Progress& progress) {
  const Plan plan = make_plan(experiment);
  if (teachers_to_record(plan).empty()) refuse_nothing_to_record();
  return record(plan, experiment, out, audited_rows, progress);
}

std::vector<RecordingReport> record(const Sweep& sweep, const Path& out, int64_t audited_rows,
                                    Progress& progress) {
  SharedData data;
  std::vector<bool> records;  // all are checked before the first is recorded
  for (const SweepCell& cell : sweep.cells) {
    records.push_back(!teachers_to_record(make_plan(cell, data)).empty());
  }
  if (std::find(records.begin(), records.end(), true) == records.end()) refuse_nothing_to_record();
  SweepFolder folder(sweep, out);
  std::vector<RecordingReport> reports;
  for (size_t i = 0; i < sweep.cells.size(); ++i) {
    if (!records[i]) continue;
    const ExperimentFile& cell = sweep.cells[i].experiment;
    const Plan plan = make_plan(cell, data);
    for (RecordingReport& report :
         record(plan, cell, folder.cell_folder(i), audited_rows, progress)) {
      const bool known = std::any_of(reports.begin(), reports.end(), [&](const auto& one) {
        return one.folder == report.folder && report.recorded == 0;
      });
      if (!known) reports.push_back(std::move(report));
    }
  }
  folder.close();
  return reports;
}

RecordingReport import_recording(const Path& logits, const Path& numbers,
                                 const RecordOptions& options) {
  const DatasetPointer images = images_of(options.data, Graph(), options.split);
  return import_logits(logits, numbers, *images, options.out, options.precision);
}

std::vector<Prediction> predict(const Path& model, const std::vector<std::string>& images,
                                double temperature) {
  if (!(temperature > 0) || !std::isfinite(temperature)) {
    throw Error(ExitCode::usage,
                fmt::format("temperature: wanted a number > 0, got {}", temperature));
  }
  const NetworkPredictor predictor(open_model(model));
  if (predictor.logits_shape().size() != 1) {
    throw Error(ExitCode::model, fmt::format("{}: wanted one answer a class, it answers with {}",
                                             model.string(), shape_text(predictor.logits_shape())));
  }
  std::vector<Prediction> predictions;
  for (const std::string& image : images) {
    const Tensor pixels = read_single_image(image, predictor.input_shape());
    const Tensor logits = predictor.predict(pixels, {"logits"}).at("logits");
    const std::vector<double> probabilities = softened(logits, temperature);
    Prediction prediction{image, "", {}};
    for (const int64_t c : falling_order(probabilities)) {
      const Classes& classes = predictor.classes();
      const auto index = static_cast<size_t>(c);
      prediction.probabilities.emplace_back(classes.empty() ? std::to_string(c) : classes[index],
                                            probabilities[index]);
    }
    prediction.answer = prediction.probabilities.front().first;
    predictions.push_back(std::move(prediction));
  }
  return predictions;
}

Path report(const Path& folder) {
  const Path page = folder / "report.html", compression = folder / "compress.json";
  if (!is_sweep_folder(folder)) {
    write_file(page, report_html(RunFolder::read_record(folder)));
    return page;
  }
  const SweepResult sweep = read_sweep_result(folder / "sweep.json");
  write_file(page, std::filesystem::exists(compression)
                       ? compression_report_html(read_compression(compression), sweep)
                       : sweep_report_html(sweep));
  return page;
}

void report_comparison(const std::vector<Path>& run_folders, const Path& out) {
  const RunComparison comparison = compare_runs(run_folders);
  std::vector<ComparedRun> runs;
  for (size_t i = 0; i < run_folders.size(); ++i) {
    runs.push_back({run_folders[i].string(), comparison.runs[i], comparison.differences[i]});
  }
  write_file(out, comparison_html(runs));
}

}  // namespace retort
