#include <ATen/Parallel.h>
#include <fmt/format.h>

#include <cmath>

#include "cli/sweep.hpp"
#include "cli/terminal_progress.hpp"
#include "cli/verbs.hpp"
#include "retort/pipeline.hpp"
#include "retort/report/compression_words.hpp"

namespace retort::cli {
namespace {

struct CompressOptions : Options {
  std::string file;
  std::string out;
  int64_t jobs = 1;
  CompressionLimits limits;
};

std::string milliseconds(double number) {
  return std::isfinite(number) ? fmt::format("{:.3g}", number) : "-";
}

std::vector<std::string> row_of(const CompressedModel& model, const std::string& mark) {
  return {printable(model.name),
          grouped(model.parameters),
          grouped(model.macs),
          model.file_bytes > 0 ? bytes_text(static_cast<double>(model.file_bytes)) : "-",
          milliseconds(model.latency_ms),
          milliseconds(model.latency_all_ms),
          accuracy_text(model.accuracy.validation),
          accuracy_text(model.accuracy.test),
          accuracy_text(model.twin.test),
          mark};
}

std::string students_table(const Compression& one) {
  std::vector<std::vector<std::string>> rows = {{"student", "parameters", "MACs", "file",
                                                 "ms, 1 thread", "all", "validation", "test",
                                                 "twin's test", ""}};
  const std::vector<bool> front = student_front(one.students, CostKind::latency);
  for (size_t i = 0; i < one.students.size(); ++i) {
    const bool misses = !missed_limits(one.students[i], one.limits).empty();
    const std::string mark = one.chosen == i ? "chosen" : misses ? "misses" : "";
    rows.push_back(row_of(one.students[i], mark + (front[i] ? " *" : "  ")));
  }
  rows.push_back(row_of(one.teacher, "teacher  "));
  return table(rows);
}

void compress_verb(const CompressOptions& options) {
  const std::optional<Sweep> sweep = read_sweep(options.file, options.overrides);
  if (!sweep) {
    throw Error(ExitCode::usage,
                fmt::format("{}: has no sizes to choose from; wanted [sweep] with values of "
                            "student.model, such as --set "
                            "sweep.student.model.widths=[[100],[30],[10]]; docs/sweep.md has "
                            "ranges",
                            options.file));
  }
  const Path out = options.out.empty() ? Path("runs") / sweep->name : Path(options.out);
  const std::unique_ptr<Progress> progress = stderr_progress(options.quiet);
  stop_on_signals();
  const CompressionResult result =
      compress(*sweep, options.limits, out,
               {.jobs = options.jobs, .threads = at::get_num_threads()}, *progress);
  throw_failed_cells(result.sweep, out);
  const Compression& one = *result.compression;
  if (options.json) {
    print(Json::parse(compression_json(one)));
  } else {
    const std::string why = choice_sentence(one);
    print(
        fmt::format("{}\n{}\n{}\nms: 90th percentile of single images; ±: over the seeds; *: on "
                    "the Pareto front of latency and validation accuracy.\n{}Report  {}\n",
                    compression_sentence(one), why.empty() ? "" : why + "\n", students_table(one),
                    one.chosen ? fmt::format("Student {}\n", (out / "student.onnx").string()) : "",
                    (out / "report.html").string()));
  }
  if (!one.chosen) throw Error(ExitCode::verification, compression_sentence(one));
}

}  // namespace

void add_compress(CLI::App& command) {
  auto options = std::make_shared<CompressOptions>();
  CLI::App* verb = command.add_subcommand(
      "compress", "train students of several sizes, measure them, and choose one by its limits");
  verb->add_option("FILE", options->file, "an experiment (.toml) with sizes in its [sweep]")
      ->required();
  verb->add_option("--out", options->out, "folder for what comes; else runs/NAME")
      ->type_name("DIR");
  verb->add_option("--max-latency-ms", options->limits.latency_ms,
                   "p90 of single images on one thread, at most")
      ->type_name("MS");
  verb->add_option("--max-parameters", options->limits.parameters, "of the student, at most")
      ->type_name("N");
  verb->add_option("--max-accuracy-drop", options->limits.accuracy_drop,
                   "percentage points below the teacher on the validation images, at most")
      ->type_name("POINTS");
  add_jobs(*verb, options->jobs);
  add_overrides(*verb, *options);
  add_threads(*verb, *options);
  add_json(*verb, *options);
  add_quiet(*verb, *options);
  verb->footer(
      "Example:\n  retort compress experiments/use-compress.toml --max-accuracy-drop 2\n"
      "Where a drop is allowed, the smallest student that keeps to all limits is chosen, else the\n"
      "most accurate one; by the validation images, never by the test images. Exit code 7: none\n"
      "keeps to them. The same command with other limits trains nothing again: "
      "docs/uses/compress.md.");
  verb->callback([options] { compress_verb(*options); });
}

}  // namespace retort::cli
