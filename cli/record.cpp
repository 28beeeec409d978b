#include <fmt/format.h>

#include <csignal>

#include "cli/terminal_progress.hpp"
#include "cli/verbs.hpp"
#include "retort/base/interrupt.hpp"
#include "retort/pipeline.hpp"

namespace retort::cli {
namespace {

struct RecordVerbOptions : Options {
  std::string source, data, out, split = "train", logits, numbers;
  RecordOptions record;
};

void on_signal(int signal) {
  request_stop();
  std::signal(signal, SIG_DFL);
}

Json report_json(const RecordingReport& report, bool audited) {
  Json json = {{"teacher", report.teacher}, {"recording", report.folder.string()}};
  if (audited) {
    json["audited_rows"] = report.audit.rows;
    json["largest_difference"] = report.audit.largest_difference;
    return json;
  }
  json["rows"] = report.rows;
  json["rows_of_all"] = report.rows_of_all;
  json["row_bytes"] = report.row_bytes;
  json["recorded"] = report.recorded;
  json["seconds"] = report.seconds;
  json["warnings"] = report.warnings;
  return json;
}

std::string report_text(const RecordingReport& report, bool audited) {
  if (audited) {
    return fmt::format("{}: {} rows computed again, largest difference {:.3g}\n",
                       report.folder.string(), grouped(report.audit.rows),
                       report.audit.largest_difference);
  }
  std::string text;
  for (const std::string& line : report.warnings) text += "warning: " + line + "\n";
  return text + fmt::format("{}: {} of {} rows of {}, {}; {} of them just now, in {}\n",
                            report.folder.string(), grouped(report.rows),
                            grouped(report.rows_of_all), report.teacher,
                            bytes_text(static_cast<double>(report.rows * report.row_bytes)),
                            grouped(report.recorded), duration_text(report.seconds));
}

void check_words(const RecordVerbOptions& options) {
  const bool experiment = Path(options.source).extension() == ".toml";
  const auto refuse = [](const std::string& what) { throw Error(ExitCode::usage, what); };
  if (options.source.empty() == options.logits.empty()) {
    refuse("wanted one of an experiment, a model, and --import; see retort record --help");
  }
  if (!options.numbers.empty() && options.logits.empty()) refuse("--numbers: wants --import");
  if (options.record.audited_rows > 0 && !options.logits.empty()) {
    refuse("--audit: there is no teacher to ask again with --import");
  }
  if (experiment && !options.data.empty()) {
    refuse("--data: an experiment says itself what its data are");
  }
  if (!experiment && (options.data.empty() || options.out.empty())) {
    refuse("wanted --data DIR and --out DIR; see retort record --help");
  }
  if (!experiment && !options.overrides.empty()) refuse("--set: wants an experiment");
}

std::vector<RecordingReport> recorded(const RecordVerbOptions& options) {
  if (!options.logits.empty()) {
    return {import_recording(options.logits, options.numbers, options.record)};
  }
  const std::unique_ptr<Progress> progress = stderr_progress(options.quiet);
  std::signal(SIGINT, on_signal);
  std::signal(SIGTERM, on_signal);
  if (Path(options.source).extension() != ".toml") {
    return {record(options.source, options.record, *progress)};
  }
  const auto out_of = [&](const std::string& name) {
    return options.out.empty() ? Path("runs") / name : Path(options.out);
  };
  if (const std::optional<Sweep> sweep = read_sweep(options.source, options.overrides)) {
    return record(*sweep, out_of(sweep->name), options.record.audited_rows, *progress);
  }
  const ExperimentFile experiment = read_experiment(options.source, options.overrides);
  const Path out = out_of(experiment.experiment.name);
  return record(experiment, out, options.record.audited_rows, *progress);
}

void record_verb(RecordVerbOptions& options) {
  check_words(options);
  options.record.data = options.data;
  options.record.out = options.out;
  options.record.split = options.split == "test" ? Split::test : Split::train;
  if (options.record.tensors.empty()) options.record.tensors = {"logits"};
  const bool audited = options.record.audited_rows > 0;
  Json list = Json::array();
  std::string text;
  for (const RecordingReport& report : recorded(options)) {
    list.push_back(report_json(report, audited));
    text += report_text(report, audited);
  }
  if (options.json) {
    print({{"recordings", list}});
  } else {
    print(text);
  }
}

}  // namespace

void add_record(CLI::App& command) {
  auto options = std::make_shared<RecordVerbOptions>();
  CLI::App* verb = command.add_subcommand(
      "record", "keep what a teacher says of images on the disk; a stopped one goes on");
  verb->add_option("SOURCE", options->source,
                   "a model (.safetensors, .onnx), or an experiment (.toml): its teachers, for "
                   "what its student will ask");
  verb->add_option("--data", options->data, "a data set, or an experiment that names one")
      ->type_name("DIR");
  verb->add_option("--split", options->split, "which images of --data")
      ->check(CLI::IsMember({"train", "test"}))
      ->capture_default_str();
  verb->add_option("--out", options->out,
                   "the recording; of an experiment: its run's folder, else runs/NAME")
      ->type_name("DIR");
  verb->add_option("--precision", options->record.precision,
                   "of the numbers; an experiment has teacher.NAME.recording_precision")
      ->check(CLI::IsMember({"fp32", "fp16"}))
      ->capture_default_str();
  verb->add_option("--tensor", options->record.tensors,
                   "what is recorded of a model: logits, or any node that describe shows")
      ->delimiter(',')
      ->type_name("NAME")
      ->default_str("logits");
  verb->add_option("--import", options->logits,
                   "logits of a teacher that is elsewhere, .npy or .safetensors, [N, classes]")
      ->type_name("FILE");
  verb->add_option("--numbers", options->numbers,
                   "the sample of each row, .npy, counted from 0; else in order")
      ->type_name("FILE");
  verb->add_option("--audit", options->record.audited_rows,
                   "record nothing; compute this many rows again, exit with 7 on a difference")
      ->check(CLI::Range(int64_t{1}, int64_t{1} << 40))
      ->type_name("N");
  add_overrides(*verb, *options);
  add_threads(*verb, *options);
  add_json(*verb, *options);
  add_quiet(*verb, *options);
  verb->footer(
      "docs/recordings.md has the format.\nExample:\n"
      "  retort record big.safetensors --data datasets/mnist --out big-recording\n"
      "  retort record experiments/mnist-quick.toml\n"
      "  retort record --import logits.npy --numbers numbers.npy --data datasets/mnist --out R");
  verb->callback([options] { record_verb(*options); });
}

}  // namespace retort::cli
