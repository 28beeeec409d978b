#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "retort/base/file.hpp"
#include "retort/result/image_choice.hpp"
#include "retort/result/merge_result.hpp"
#include "retort/result/scores.hpp"
#include "retort/result/soft_targets.hpp"
#include "retort/result/training_record.hpp"

namespace retort {

/// A teacher that is a moving average of its student's own weights.
struct OwnTeacher {
  std::string name;
  double decay = 0;
};

/// One model of a run.
struct ModelResult {
  std::string name;  // teacher's name, "student" or "twin"
  std::string role;  // teacher | student | adjusted | twin
  int64_t parameters = 0;
  int64_t macs = 0;
  int64_t file_bytes = 0;
  double train_seconds = 0;
  int64_t images = 0;              // training images it has seen
  std::string precision = "fp32";  // of the matrix products of its training: fp32 | bf16
  bool found = false;              // trained by an earlier run, found by its fingerprint
  bool teaches = false;            // a term of the student's objective reads it
  std::vector<OwnTeacher> own_teachers = {};
  Scores test;
  Scores validation;  // count 0: no validation split, or its images were trained on
  std::vector<std::pair<std::string, Scores>> others = {};  // test images of other data sets
  TrainingRecord training;
};

/// Whether two models were trained alike, told by what their trainings recorded.
struct SameTraining {
  bool images = false;  // the same ones, with the same transforms
  bool steps = false;   // as many steps of as many images
};
SameTraining same_training(const ModelResult& a, const ModelResult& b);

/// The share of the twin's errors above its teacher's that the student is spared; nothing where the
/// teacher is not the better one.
std::optional<double> gap_closed(double student, double twin, double teacher);

/// How alike two models answer on the test split.
struct Agreement {
  std::string first, second;  // "student", "big"
  double top1 = 0;            // share of samples with the same answer
  double kl = 0;              // mean KL(second || first) at T = 1, nats
};

/// Two models on the same test images: the images that only one of them gets wrong.
struct PairedTest {
  std::string first, second;  // "student", "twin"
  int64_t only_first_wrong = 0;
  int64_t only_second_wrong = 0;
  double p = 1;  // exact, two-sided, of McNemar's test
};

/// Milliseconds of one forward pass.
struct Latency {
  std::string model;
  int64_t threads = 1;
  int64_t batch = 1;
  double p50_ms = 0;
  double p95_ms = 0;
};

struct Environment {
  std::string retort, libtorch, cpu, dtype, compiler;
  int64_t threads = 0;
};

/// A test image that the student gets wrong, with what each model says of it.
struct WrongImage {
  int64_t index = 0;               // in the test split
  std::array<int64_t, 3> shape{};  // C, H, W
  std::vector<uint8_t> pixels;     // C * H * W
  int64_t label = 0;
  int64_t answer = 0;           // the student's
  std::vector<double> student;  // probabilities by class at T = 1
  std::vector<double> teacher;  // the first teacher's probabilities at report_temperature
};

/// How a student's biases were fitted to a prior without labels.
struct Adjustment {
  std::string model;           // the adjusted one's name
  int64_t images = 0;          // unlabelled ones that it was fitted on
  std::vector<double> prior;   // share asked for by class; NaN: the class kept its bias
  std::vector<double> before;  // mean probability by class on these images
  std::vector<double> after;
  std::vector<double> biases;  // added to the logits
  // The best common bias of these classes on the test labels and its errors: chosen on the test
  // set, hence a bound, no result. -1: all classes have a share, and a bias common to all does
  // nothing.
  double bound_bias = 0;
  int64_t bound_errors = -1;
};

/// A number of a run beside the band that the experiment expects.
struct Verdict {
  std::string number;  // the expression
  std::string cell;    // of a sweep; empty: of the run, or of all cells together
  double value = 0;
  double least = 0, most = 0;
  std::string source;  // where the band comes from
  bool holds() const { return value >= least && value <= most; }
};

/// "at most 110", "at least 0.9" or "130 to 170"
std::string band_text(const Verdict& verdict);

/// All that a run found out: result.json holds the contract's part of it, report.html draws it.
struct RunResult {
  std::string experiment;
  int64_t seed = 0;
  std::string status = "running";  // running | done | interrupted | failed
  std::vector<std::string> classes;
  std::vector<ModelResult> models;
  std::vector<Agreement> agreements;
  std::vector<PairedTest> paired;
  std::vector<Latency> latencies;
  Environment environment;
  std::vector<Adjustment> adjustments;
  std::vector<MergeResult> merges;    // of each teacher merged of others
  std::optional<ImageChoice> choice;  // of the student's images without a label
  std::vector<Verdict> verdicts;
  std::vector<SoftTargets> soft_targets;  // of each teacher whose logits the student learns from
  std::vector<WrongImage> wrong_images;
  double report_temperature = 1;  // T of the teacher's probabilities in wrong_images
  int64_t export_images = 0;      // test images on which student.onnx was proved
  double export_difference = -1;  // largest |logit difference| of student.onnx; -1: not measured
  std::vector<std::string> warnings;
  std::string experiment_text;  // the resolved TOML
};

/// result.json (schema 1, a contract): pretty-printed, ends in a newline. NaN becomes null.
std::string result_json(const RunResult& result);

/// environment.json: the object of result.json, and the compiler.
std::string environment_json(const Environment& environment);

/// A run's own record of everything in RunResult, for `retort report RUN`: JSON, read back exactly.
std::string run_record_json(const RunResult& result);
/// Throws Error (data) when the file is missing or is no such record.
RunResult read_run_record(const Path& path);

/// The part of the record that stands beside a model file (training.json): how it came to be.
std::string training_record_json(const TrainingRecord& record);
/// Throws Error (data) when the file is missing or is no such record.
TrainingRecord read_training_record(const Path& path);
/// The same from its text; errors start with `where`.
TrainingRecord parse_training_record(const std::string& text, const std::string& where);

}  // namespace retort
