#include <ATen/Parallel.h>
#include <fmt/format.h>

#include <chrono>

#include "cli/sweep.hpp"
#include "cli/terminal_progress.hpp"
#include "cli/verbs.hpp"
#include "retort/pipeline.hpp"
#include "retort/report/report.hpp"

namespace retort::cli {
namespace {

struct RunOptions : Options {
  std::string file;
  std::string out;
  bool verify = false;
  int64_t jobs = 1;
};

std::string results_table(const RunResult& result) {
  std::vector<std::vector<std::string>> rows = {
      {"model", "errors", "of", "accuracy", "parameters", "MACs", "ms/image", "trained in"}};
  for (const ModelResult& model : result.models) {
    std::string latency = "-";
    for (const Latency& one : result.latencies) {
      if (one.model == model.name) latency = fmt::format("{:.3f}", one.p50_ms);
    }
    rows.push_back({model.name, grouped(model.test.errors), grouped(model.test.count),
                    fmt::format("{:.2f} %", 100 * model.test.accuracy), grouped(model.parameters),
                    grouped(model.macs), latency,
                    model.found ? "found" : duration_text(model.train_seconds)});
  }
  return table(rows);
}

// "On mnist: big 98.90 %, student 94.10 %", a line for each other data set.
std::string other_lines(const RunResult& result) {
  std::string lines;
  if (result.models.empty()) return lines;
  for (const auto& [other, unused] : result.models.back().others) {
    std::vector<std::string> parts;
    for (const ModelResult& model : result.models) {
      for (const auto& [name, scores] : model.others) {
        if (name != other) continue;
        parts.push_back(fmt::format("{} {:.2f} %", model.name, 100 * scores.accuracy));
      }
    }
    lines += fmt::format("On {}: {}\n", other, join(parts));
  }
  return lines;
}

// Where the time of the trainings went; what was found took none.
std::string time_line(const RunResult& result, double seconds_in_all) {
  TimeSpent all;
  for (const ModelResult& model : result.models) {
    if (!model.found) all += model.training.time;
  }
  if (all.total == 0) return fmt::format("{} in all\n", duration_text(seconds_in_all));
  // A training that went on takes its earlier parts along.
  const bool goes_on = all.total > seconds_in_all;
  std::vector<std::string> parts;
  for (const auto& [name, seconds] : all.parts()) {
    parts.push_back(fmt::format("{} {:.1f} %", name, 100 * seconds / all.total));
  }
  return fmt::format("{} in all; training {}{}: {}\n", duration_text(seconds_in_all),
                     duration_text(all.total), goes_on ? ", earlier calls included" : "",
                     join(parts));
}

void print_result(const RunResult& result, double seconds, const Path& out) {
  print(fmt::format("{}\n{}{}{}\n{}\nReport  {}\nStudent {}\n", results_table(result),
                    other_lines(result), verdicts_table(result.verdicts), summary_sentence(result),
                    time_line(result, seconds), (out / "report.html").string(),
                    (out / "student.onnx").string()));
}

void check_expects(const Experiment& experiment, const RunOptions& options) {
  if (!options.verify || !experiment.expectations.empty()) return;
  throw Error(ExitCode::usage, options.file + ": --verify wants an [[expect]] in the file");
}

void run_sweep(const Sweep& sweep, const RunOptions& options) {
  check_expects(sweep.cells.front().experiment.experiment, options);
  const Path out = options.out.empty() ? Path("runs") / sweep.name : Path(options.out);
  const std::unique_ptr<Progress> progress = stderr_progress(options.quiet);
  stop_on_signals();
  const SweepResult result =
      run(sweep, out, {.jobs = options.jobs, .threads = at::get_num_threads()}, *progress);
  if (options.json) {
    print(Json::parse(sweep_json(result)));
  } else {
    print(fmt::format(
        "{}\nErrors on the test images: mean ± standard deviation [95 % interval of "
        "the mean].\n\n{}Report {}\n",
        sweep_table(result), verdicts_table(result.verdicts), (out / "report.html").string()));
  }
  throw_failed_cells(result, out);
  if (options.verify) check_verdicts(result.verdicts);
}

void run_verb(const RunOptions& options) {
  if (const std::optional<Sweep> sweep = read_sweep(options.file, options.overrides)) {
    run_sweep(*sweep, options);
    return;
  }
  if (options.jobs > 1) {
    throw Error(ExitCode::usage, fmt::format("--jobs: {} has no [sweep], there is one run; "
                                             "--threads gives it more threads",
                                             options.file));
  }
  const ExperimentFile experiment = read_experiment(options.file, options.overrides);
  check_expects(experiment.experiment, options);
  const Path out =
      options.out.empty() ? Path("runs") / experiment.experiment.name : Path(options.out);
  const std::unique_ptr<Progress> progress = stderr_progress(options.quiet);
  stop_on_signals();
  const auto start = std::chrono::steady_clock::now();
  const RunResult result = run(experiment, out, *progress);
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - start;
  if (options.json) {
    print(Json::parse(result_json(result)));
  } else {
    print_result(result, took.count(), out);
  }
  if (options.verify) check_verdicts(result.verdicts);
}

}  // namespace

void add_run(CLI::App& command) {
  auto options = std::make_shared<RunOptions>();
  CLI::App* verb = command.add_subcommand(
      "run", "train teachers, student and twin of an experiment, measure, export and report");
  verb->add_option("FILE", options->file, "an experiment (.toml)")->required();
  verb->add_option("--out", options->out, "folder for what comes; else runs/NAME")
      ->type_name("DIR");
  verb->add_flag("--verify", options->verify,
                 "exit with 7 when a number is outside the band that the file expects");
  add_jobs(*verb, options->jobs);
  add_overrides(*verb, *options);
  add_threads(*verb, *options);
  add_json(*verb, *options);
  add_quiet(*verb, *options);
  verb->footer(
      "Example:\n  retort run experiments/mnist-quick.toml --set seed=2 --out runs/mnist-quick-2\n"
      "  retort run experiments/mnist-quick.toml --set sweep.seed=[1,2,3] --jobs 2\n"
      "A file with [sweep] runs once for each combination of its values (docs/sweep.md).\n"
      "What is trained already is found and not trained again. A run that was stopped, killed or\n"
      "out of disk goes on from its last checkpoint and ends with the same bits.\n"
      "--set checkpoints.every_steps=N says how often there is one.");
  verb->callback([options] { run_verb(*options); });
}

}  // namespace retort::cli
