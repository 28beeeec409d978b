#include <ATen/Parallel.h>
#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "cli/sweep.hpp"
#include "cli/terminal_progress.hpp"
#include "cli/verbs.hpp"
#include "retort/experiment/plan_images.hpp"
#include "retort/pipeline.hpp"
#include "retort/report/label_budget.hpp"

namespace retort::cli {
namespace {

struct BudgetOptions : Options {
  std::string file;
  std::string out;
  std::vector<std::string> labels;
  int64_t seeds = 3;
  int64_t jobs = 1;
};

// The training images with a label that are not held out.
int64_t labelled_images(const BudgetOptions& options) {
  std::vector<std::string> overrides = options.overrides;
  overrides.emplace_back("data.labelled=0");
  const ExperimentFile file = read_experiment(options.file, overrides);
  SharedData data;
  const PlanImages images(file, data);
  return std::count_if(images.training().begin(), images.training().end(),
                       [&](int64_t index) { return images.all()->label(index) != no_label; });
}

// "all" as a number, for a cell with it is compared with the others.
std::string labels_text(const BudgetOptions& options) {
  const int64_t most = labelled_images(options);
  std::vector<std::string> numbers;
  for (const std::string& word : options.labels) {
    int64_t labels = 0;
    const char* end = word.data() + word.size();
    const auto [rest, error] = std::from_chars(word.data(), end, labels);
    if (word != "all" && (error != std::errc() || rest != end || labels < 1)) {
      throw Error(ExitCode::usage,
                  fmt::format("--labels: wanted numbers of labels, or 'all', such as "
                              "100,1000,all; got '{}'",
                              printable(word)));
    }
    if (labels > most) {
      throw Error(ExitCode::usage, fmt::format("--labels: wanted at most {}, as many training "
                                               "images have a label; got {}",
                                               most, labels));
    }
    numbers.push_back(std::to_string(word == "all" ? most : labels));
    if (std::count(numbers.begin(), numbers.end(), numbers.back()) > 1) {
      throw Error(ExitCode::usage, fmt::format("--labels: {} stands there twice", numbers.back()));
    }
  }
  return fmt::format("[{}]", fmt::join(numbers, ", "));
}

void budget_verb(BudgetOptions options) {
  if (read_sweep(options.file, options.overrides)) {
    throw Error(
        ExitCode::usage,
        options.file +
            ": has a [sweep] or several students of its own; 'retort budget' makes one over "
            "data.labelled and the seed, 'retort run' runs yours");
  }
  std::vector<std::string> seeds;
  for (int64_t seed = 1; seed <= options.seeds; ++seed) seeds.push_back(std::to_string(seed));
  const std::string labels = labels_text(options);
  options.overrides.push_back("sweep.data.labelled=" + labels);
  options.overrides.push_back(fmt::format("sweep.seed=[{}]", fmt::join(seeds, ", ")));
  const Sweep sweep = *read_sweep(options.file, options.overrides);
  if (!sweep.cells.front().experiment.experiment.twin.enabled) {
    throw Error(ExitCode::usage,
                options.file +
                    ": twin.enabled: 'retort budget' compares with the twin, which learns from the "
                    "labels alone; wanted true, got false");
  }
  const Path out =
      options.out.empty() ? Path("runs") / (sweep.name + "-budget") : Path(options.out);
  const std::unique_ptr<Progress> progress = stderr_progress(options.quiet);
  stop_on_signals();
  const SweepResult result =
      run(sweep, out, {.jobs = options.jobs, .threads = at::get_num_threads()}, *progress);
  if (options.json) {
    print(Json::parse(sweep_json(result)));
  } else {
    std::string sentences;
    for (const std::string& line : label_budget_sentences(result)) sentences += line + "\n";
    print(fmt::format("{}\n{}\nReport {}\n", sweep_table(result), sentences,
                      (out / "report.html").string()));
  }
  throw_failed_cells(result, out);
}

}  // namespace

void add_budget(CLI::App& command) {
  auto options = std::make_shared<BudgetOptions>();
  CLI::App* verb = command.add_subcommand(
      "budget", "how many labels are enough: with and without a teacher, for several numbers");
  verb->add_option("FILE", options->file, "an experiment (.toml) without [sweep]")->required();
  verb->add_option("--labels", options->labels, "numbers of labels, or 'all', between commas")
      ->delimiter(',')
      ->type_name("N,...")
      ->required();
  verb->add_option("--seeds", options->seeds, "seeds 1 to N, each with other labels")
      ->check(CLI::Range(1, 1000))
      ->type_name("N")
      ->capture_default_str();
  verb->add_option("--out", options->out, "folder for what comes; else runs/NAME-budget")
      ->type_name("DIR");
  add_jobs(*verb, options->jobs);
  add_overrides(*verb, *options);
  add_threads(*verb, *options);
  add_json(*verb, *options);
  add_quiet(*verb, *options);
  verb->footer(
      "Example:\n  retort budget experiments/use-fewer-labels.toml --labels 100,1000,5000 --seeds "
      "3\n"
      "A sweep over data.labelled: teachers and the twin see that many labelled images, the "
      "student "
      "all\nimages without a label. What is done is not repeated: docs/uses/fewer-labels.md.");
  verb->callback([options] { budget_verb(*options); });
}

}  // namespace retort::cli
