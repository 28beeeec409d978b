#pragma once

#include <optional>
#include <string>
#include <vector>

#include "retort/experiment/compress.hpp"
#include "retort/experiment/estimate.hpp"
#include "retort/experiment/export.hpp"
#include "retort/experiment/import.hpp"
#include "retort/experiment/plan.hpp"
#include "retort/experiment/record.hpp"
#include "retort/experiment/run_folder.hpp"
#include "retort/experiment/sweep_jobs.hpp"
#include "retort/experiment/teacher_targets.hpp"
#include "retort/result/run_result.hpp"

/// The verbs of retort, from C++. What the command prints is made of what these return.
namespace retort {

/// Everything that can be known of an experiment without training it: every model with its cost and
/// an estimate of memory and time. Throws Error for whatever would stop a run.
Estimate check(const ExperimentFile& experiment);

/// Trains what is not there yet (teachers, twin, student), measures all of it on the test images,
/// exports the student, and leaves result.json and report.html in `out`. The same call goes on
/// where an earlier one was stopped, and the outcome has the same bits. Throws Error; result.json
/// then says "interrupted" or "failed".
RunResult run(const ExperimentFile& experiment, const Path& out, Progress& progress);
/// The same with data that may be open already.
RunResult run(const ExperimentFile& experiment, const Path& out, Progress& progress,
              SharedData& data);

/// What a sweep would take; every cell is checked.
SweepEstimate check(const Sweep& sweep);

/// Runs the cells of a sweep that are not done yet, each in a folder of its own in `out`, and
/// leaves sweep.json and report.html. A cell that fails does not stop the others: its error stands
/// in the result. Throws Error for what is wrong with any cell before anything is trained, and when
/// it is interrupted; the same call then goes on.
SweepResult run(const Sweep& sweep, const Path& out, const SweepOptions& options,
                Progress& progress);

/// A sweep over sizes of the student, and which of them was chosen; without a choice cells failed.
struct CompressionResult {
  SweepResult sweep;
  std::optional<Compression> compression;
};

/// Runs a sweep over sizes of the student like `run`, measures what the teacher and each size cost,
/// chooses a student that keeps to the limits, and leaves it in `out` as student.onnx and
/// student.safetensors, beside compress.json and report.html. Throws Error (usage) for what
/// check_compression refuses.
CompressionResult compress(const Sweep& sweep, const CompressionLimits& limits, const Path& out,
                           const SweepOptions& options, Progress& progress);

/// A model's scores on the test images of a folder, or of an experiment's data. Throws Error
/// (usage) when classes or sizes differ.
Scores evaluate(const Path& model, const Path& data);

/// Adds output biases to a model so that, over unlabelled images, the mean probability of a class
/// is its share in `prior` ("CLASS=SHARE", or "uniform"; see read_prior), and writes it to `out`
/// (.safetensors, or .onnx). No label is read. Throws Error (usage) for a prior that is none.
Adjustment adjust(const Path& model, const std::vector<std::string>& prior, const Path& data,
                  Split split, const Path& out);

/// What is recorded of a model, and where: docs/recordings.md.
struct RecordOptions {
  Path data;  // a folder of a data set, or an experiment file, whose data are meant
  Split split = Split::train;
  Path out;  // the recording
  std::string precision = "fp32";
  Names tensors = {"logits"};
  int64_t audited_rows = 0;  // > 0: nothing is recorded, so many rows are computed again
};
RecordingReport record(const Path& model, const RecordOptions& options, Progress& progress);

/// Trains the teachers of an experiment, where they are not there yet, and records what its student
/// will ask them, all views of all images. `retort run` with the same `out` goes on from there.
std::vector<RecordingReport> record(const ExperimentFile& experiment, const Path& out,
                                    int64_t audited_rows, Progress& progress);

/// The same for every cell of a sweep; students that ask the same of a teacher share its recording.
std::vector<RecordingReport> record(const Sweep& sweep, const Path& out, int64_t audited_rows,
                                    Progress& progress);

/// Makes a recording of logits that come from elsewhere; see retort/experiment/record.hpp.
RecordingReport import_recording(const Path& logits, const Path& numbers,
                                 const RecordOptions& options);

/// What a model says of single images: probabilities by class at a temperature.
struct Prediction {
  std::string image;
  std::string answer;
  std::vector<std::pair<std::string, double>> probabilities;  // falling
};
/// images: a JPEG or PNG file; "FILE:NUMBER", a record of an IDX file; or "FOLDER:NUMBER", one of
/// its test images.
std::vector<Prediction> predict(const Path& model, const std::vector<std::string>& images,
                                double temperature);

/// What a model's outputs hold beyond the labels: its soft targets on one split of a folder. Throws
/// Error (usage) when classes or sizes differ, and for what `options` asks and is not there.
SoftTargets soft_targets(const Path& model, const Path& data, const TargetOptions& options);
/// Draws them as a page of their own.
void draw_soft_targets(const SoftTargets& targets, const Path& page);

/// Writes a model as ONNX, checks and runs it on the test images of a folder (empty: on random
/// ones); see retort/experiment/export.hpp.
ExportCheck export_model(const Path& model, const Path& onnx, const Path& data,
                         const ExportForm& form = {});

/// Draws report.html of a run or a sweep again from its record; returns its path.
Path report(const Path& folder);

/// Draws a page that compares runs into the file `out`.
void report_comparison(const std::vector<Path>& run_folders, const Path& out);

}  // namespace retort
