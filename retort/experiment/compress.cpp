#include "retort/experiment/compress.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "retort/experiment/environment.hpp"
#include "retort/experiment/run_folder.hpp"

namespace retort {
namespace {

constexpr const char* size_field = "student.model";

[[noreturn]] void refuse(const std::string& text) {
  throw Error(ExitCode::usage, text);
}

// The teacher that the student's objective reads first, other than the student itself.
std::string teacher_name(const SweepCell& cell) {
  const Experiment& experiment = cell.experiment.experiment;
  for (const TermSettings& term : experiment.objective) {
    for (const auto& [name, teacher] : experiment.teachers) {
      if (name == term.teacher() && !teacher.follows_student) return name;
    }
  }
  refuse(
      "compress: the objective has no term with a teacher that is a model of its own, wanted one "
      "such as distillation");
}

const PlannedModel& planned_model(const Plan& plan, const std::string& name) {
  return *std::find_if(plan.models.begin(), plan.models.end(),
                       [&](const PlannedModel& model) { return model.name == name; });
}

void check_fields(const Sweep& sweep) {
  bool sizes = false;
  for (const auto& [field, value] : sweep.cells.front().values) {
    const bool is_size = field == "student" || field.starts_with(size_field);
    sizes = sizes || is_size;
    const bool fits = is_size || field == "seed" || field.starts_with("student.") ||
                      field.starts_with("objective.");
    if (fits) continue;
    refuse(
        fmt::format("sweep.{}: compress compares students of one teacher on the same images, "
                    "wanted fields of [student], [[objective]] or the seed",
                    printable(field)));
  }
  if (!sizes) {
    refuse(
        fmt::format("{}: [sweep] names no sizes of the student; wanted some, as "
                    "student.model.widths = [[100], [30]], tables [[sweep.cells]], or students "
                    "[student.NAME]",
                    printable(sweep.name)));
  }
}

void check_limits(const CompressionLimits& limits) {
  const auto wanted = [](const char* option, const char* what, double got) {
    refuse(fmt::format("{}: wanted {}, got {}", option, what, got));
  };
  if (limits.latency_ms && !(*limits.latency_ms > 0 && std::isfinite(*limits.latency_ms))) {
    wanted("--max-latency-ms", "milliseconds > 0", *limits.latency_ms);
  }
  if (limits.parameters && *limits.parameters < 1) {
    wanted("--max-parameters", "a number > 0", static_cast<double>(*limits.parameters));
  }
  if (limits.accuracy_drop && !(*limits.accuracy_drop >= 0 && *limits.accuracy_drop <= 100)) {
    wanted("--max-accuracy-drop", "percentage points from 0 to 100", *limits.accuracy_drop);
  }
}

// The values of a cell without its seed.
std::vector<FieldValue> size_of(const SweepCell& cell) {
  std::vector<FieldValue> values = cell.values;
  std::erase_if(values, [](const FieldValue& value) { return value.first == "seed"; });
  return values;
}

// The cells of each size, by their index, in their order.
std::vector<std::vector<size_t>> sizes_of(const Sweep& sweep) {
  std::vector<std::vector<size_t>> sizes;
  for (size_t i = 0; i < sweep.cells.size(); ++i) {
    const auto same = std::find_if(sizes.begin(), sizes.end(), [&](const auto& cells) {
      return size_of(sweep.cells[cells[0]]) == size_of(sweep.cells[i]);
    });
    same == sizes.end() ? sizes.push_back({i}) : same->push_back(i);
  }
  return sizes;
}

const ModelResult* model_of(const RunResult& run, const std::string& name) {
  for (const ModelResult& model : run.models) {
    if (model.name == name) return &model;
  }
  return nullptr;
}

// The accuracies of one model in some runs; those that were not measured are left out.
Accuracies accuracies_of(const std::vector<const RunResult*>& runs, const std::string& name) {
  std::vector<double> validation, test;
  for (const RunResult* run : runs) {
    const ModelResult* model = model_of(*run, name);
    if (model == nullptr) continue;
    if (model->validation.count > 0) validation.push_back(model->validation.accuracy);
    if (model->test.count > 0) test.push_back(model->test.accuracy);
  }
  return {spread_of(validation), spread_of(test)};
}

Accuracies below_teacher(const std::vector<const RunResult*>& runs, const std::string& teacher) {
  std::vector<double> validation, test;
  for (const RunResult* run : runs) {
    const ModelResult &high = *model_of(*run, teacher), &low = *model_of(*run, "student");
    if (high.validation.count > 0 && low.validation.count > 0) {
      validation.push_back(high.validation.accuracy - low.validation.accuracy);
    }
    test.push_back(high.test.accuracy - low.test.accuracy);
  }
  return {spread_of(validation), spread_of(test)};
}

void take_cost(const ModelResult& model, CompressedModel& into) {
  into.parameters = model.parameters;
  into.macs = model.macs;
  into.file_bytes = model.file_bytes;
}

CompressedModel student_of(const Sweep& sweep, const std::vector<size_t>& cells,
                           const std::vector<const RunResult*>& runs, const std::string& teacher) {
  CompressedModel student{.file = sweep.cells[cells[0]].slug + "/student/model.safetensors"};
  take_cost(*model_of(*runs[0], "student"), student);
  student.accuracy = accuracies_of(runs, "student");
  student.twin = accuracies_of(runs, "twin");
  student.below = below_teacher(runs, teacher);
  for (size_t i = 0; i < cells.size(); ++i) {
    student.cells.push_back(sweep.cells[cells[i]].slug);
    student.validation_accuracies.push_back(model_of(*runs[i], "student")->validation.accuracy);
    student.test_errors.push_back(model_of(*runs[i], "student")->test.errors);
  }
  return student;
}

// The teacher by its runs with one size of the student: with the others it is the same.
CompressedModel teacher_of_sweep(const Sweep& sweep, const std::vector<const RunResult*>& runs,
                                 const PlannedModel& planned) {
  CompressedModel teacher{.name = planned.name};
  const ModelResult& first = *model_of(*runs[0], planned.name);
  take_cost(first, teacher);
  teacher.accuracy = accuracies_of(runs, planned.name);
  teacher.below = {spread_of({}), spread_of({})};
  teacher.twin = teacher.below;
  if (planned.ready) teacher.file = std::filesystem::absolute(planned.file).string();
  if (planned.is_trained()) {
    teacher.file = sweep.cells[0].slug + "/" + planned.folder + "/model.safetensors";
  }
  return teacher;
}

void measure_latency_of(const Path& folder, const Path& command, Progress& progress,
                        CompressedModel& model, Environment& environment) {
  if (model.file.empty()) return;
  progress.note(fmt::format("{}: measuring its latency", model.name));
  const BenchOptions options{.threads = {1, 0}, .batches = {1}, .command = command};
  const BenchResult result = bench_apart({(folder / model.file).string()}, options).at(0);
  environment = result.environment;
  model.latency_ms = result.at(1, 1)->p90_ms;
  model.latency_all_ms = result.timings.back().p90_ms;
}

}  // namespace

void check_compression(const Sweep& sweep, const Plan& first, const CompressionLimits& limits) {
  check_limits(limits);
  check_fields(sweep);
  const std::string teacher = teacher_name(sweep.cells.front());
  for (const SweepCell& cell : sweep.cells) {
    if (teacher_name(cell) == teacher) continue;
    refuse(fmt::format("cell {}: another teacher, {}, than {}; compress wants one for all sizes",
                       cell.slug, teacher_name(cell), teacher));
  }
  if (!planned_model(first, "student").validation) {
    refuse(
        fmt::format("{}: compress chooses by validation images, and there are none; wanted "
                    "data.validation, such as --set data.validation=1000",
                    printable(sweep.name)));
  }
  if (planned_model(first, teacher).recording) {
    refuse(fmt::format("{}: a recording alone, whose accuracy and latency nobody can measure",
                       printable(teacher)));
  }
  if (limits.accuracy_drop && !planned_model(first, teacher).validation) {
    refuse(
        fmt::format("--max-accuracy-drop: the teacher {} has been trained on the validation "
                    "images and cannot be measured on them; wanted "
                    "teacher.{}.images.include_validation = false",
                    teacher, teacher));
  }
}

Compression measure_compression(const Sweep& sweep, const Plan& first, const Path& folder,
                                const CompressionLimits& limits, const Path& command,
                                Progress& progress) {
  std::vector<RunResult> runs;
  for (const SweepCell& cell : sweep.cells) {
    runs.push_back(RunFolder::read_record(folder / cell.slug));
  }
  const PlannedModel& teacher = planned_model(first, teacher_name(sweep.cells.front()));
  Compression result{.name = sweep.name, .limits = limits};
  result.environment = this_environment();
  std::vector<std::vector<FieldValue>> values;
  for (const std::vector<size_t>& cells : sizes_of(sweep)) {
    values.push_back(size_of(sweep.cells[cells[0]]));
    std::vector<const RunResult*> its_runs;
    for (const size_t index : cells) its_runs.push_back(&runs[index]);
    if (result.students.empty()) result.teacher = teacher_of_sweep(sweep, its_runs, teacher);
    result.students.push_back(student_of(sweep, cells, its_runs, teacher.name));
  }
  const std::vector<std::string> names = cell_slugs(values);
  for (size_t i = 0; i < names.size(); ++i) result.students[i].name = names[i];
  measure_latency_of(folder, command, progress, result.teacher, result.environment);
  for (CompressedModel& student : result.students) {
    measure_latency_of(folder, command, progress, student, result.environment);
  }
  result.chosen = choose_student(result.students, limits);
  return result;
}

void write_compression(const Compression& compression, const Path& folder) {
  const Path model = folder / "student.safetensors", onnx = folder / "student.onnx";
  if (compression.chosen) {
    const Path cell = folder / compression.chosen_cell();
    write_file(model, read_file(cell / "student" / "model.safetensors", ExitCode::model));
    write_file(onnx, read_file(cell / "student.onnx", ExitCode::model));
  } else {
    std::filesystem::remove(model);
    std::filesystem::remove(onnx);
  }
  write_file(folder / "compress.json", compression_json(compression));
}

}  // namespace retort
