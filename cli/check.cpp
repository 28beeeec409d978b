#include <fmt/format.h>

#include "cli/verbs.hpp"
#include "retort/pipeline.hpp"

namespace retort::cli {
namespace {

struct CheckOptions : Options {
  std::string file;
};

Json estimate_json(const Estimate& estimate) {
  Json models = Json::array();
  for (const ModelEstimate& model : estimate.models) {
    models.push_back({{"name", model.name},
                      {"role", model.role},
                      {"input", model.input},
                      {"parameters", model.cost.parameters},
                      {"macs", model.cost.macs},
                      {"start", model.start},
                      {"images", model.images},
                      {"steps", model.steps},
                      {"seconds", model.seconds},
                      {"bytes", model.bytes}});
  }
  return {{"models", models},
          {"classes", estimate.classes},
          {"test_images", estimate.test_images},
          {"validation_images", estimate.validation_images},
          {"warnings", estimate.warnings},
          {"recordings", estimate.recordings},
          {"seconds", estimate.seconds},
          {"bytes", estimate.bytes}};
}

void check_sweep(const Sweep& sweep, const CheckOptions& options) {
  const SweepEstimate estimate = check(sweep);
  Json cells = Json::array();
  std::vector<std::vector<std::string>> rows = {{"cell", "parameters", "steps", "memory", "time"}};
  for (size_t i = 0; i < sweep.cells.size(); ++i) {
    const Estimate& cell = estimate.cells[i];
    const ModelEstimate& student = cell.models.back();
    double seconds = 0;
    for (const ModelEstimate& model : cell.models) seconds += model.seconds;
    rows.push_back({sweep.cells[i].slug, grouped(student.cost.parameters), grouped(student.steps),
                    bytes_text(cell.bytes), "about " + duration_text(seconds)});
    cells.push_back({{"cell", sweep.cells[i].slug}, {"estimate", estimate_json(cell)}});
  }
  if (options.json) {
    print({{"cells", cells},
           {"trainings", estimate.trainings},
           {"seconds", estimate.seconds},
           {"bytes", estimate.bytes}});
    return;
  }
  print(fmt::format(
      "{}: everything fits, {} cells.\n\n{}\nParameters and steps are the student's; a model "
      "that several cells share counts in the first.\n{} trainings, about {} and {} in all on "
      "this machine.\n",
      options.file, sweep.cells.size(), table(rows), grouped(estimate.trainings),
      duration_text(estimate.seconds), bytes_text(estimate.bytes)));
}

void check_verb(const CheckOptions& options) {
  if (const std::optional<Sweep> sweep = read_sweep(options.file, options.overrides)) {
    check_sweep(*sweep, options);
    return;
  }
  const ExperimentFile experiment = read_experiment(options.file, options.overrides);
  const Estimate estimate = check(experiment);
  if (options.json) {
    print(estimate_json(estimate));
    return;
  }
  std::string notes;
  for (const std::string& line : estimate.warnings) notes += "warning: " + line + "\n";
  for (const std::string& line : estimate.recordings) notes += line + "\n";
  for (const ModelEstimate& model : estimate.models) {
    if (!model.start.empty())
      notes += fmt::format("{} starts from a file: {}\n", model.name, model.start);
  }
  std::vector<std::vector<std::string>> rows = {
      {"model", "role", "parameters", "MACs", "images", "steps", "memory", "time"}};
  for (const ModelEstimate& model : estimate.models) {
    rows.push_back({model.name, model.role, grouped(model.cost.parameters),
                    grouped(model.cost.macs), grouped(model.images), grouped(model.steps),
                    bytes_text(model.bytes), "about " + duration_text(model.seconds)});
  }
  print(
      fmt::format("{}: everything fits.\n{} classes, {} test and {} validation images\n{}\n{}\n"
                  "About {} and {} in all on this machine.\n",
                  options.file, estimate.classes.size(), grouped(estimate.test_images),
                  grouped(estimate.validation_images), notes, table(rows),
                  duration_text(estimate.seconds), bytes_text(estimate.bytes)));
}

}  // namespace

void add_check(CLI::App& command) {
  auto options = std::make_shared<CheckOptions>();
  CLI::App* verb = command.add_subcommand(
      "check",
      "all that can be known of an experiment without training: fields, files, shapes, "
      "names, memory, time");
  verb->add_option("FILE", options->file, "an experiment (.toml)")->required();
  add_overrides(*verb, *options);
  add_threads(*verb, *options);
  add_json(*verb, *options);
  verb->footer(
      "Example:\n  retort check experiments/mnist-quick.toml --set student.train.epochs=3");
  verb->callback([options] { check_verb(*options); });
}

}  // namespace retort::cli
