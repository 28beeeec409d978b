#include <fmt/format.h>

#include "cli/verbs.hpp"
#include "retort/pipeline.hpp"

namespace retort::cli {
namespace {

struct EvaluateOptions : Options {
  std::string model;
  std::string data;
};

void evaluate_verb(const EvaluateOptions& options) {
  const Scores scores = evaluate(options.model, options.data);
  if (options.json) {
    print({{"model", options.model},
           {"data", options.data},
           {"count", scores.count},
           {"errors", scores.errors},
           {"accuracy", scores.accuracy},
           {"nll", scores.nll},
           {"ece", scores.ece},
           {"class_accuracy", scores.class_accuracy},
           {"confusion", scores.confusion}});
    return;
  }
  print(fmt::format("{}: {} errors of {}, accuracy {:.2f} %, NLL {:.4f}, ECE {:.4f}\n\n",
                    options.model, grouped(scores.errors), grouped(scores.count),
                    100 * scores.accuracy, scores.nll, scores.ece));
  const Classes classes = open_model(options.model).graph.classes;
  std::vector<std::vector<std::string>> rows = {{"class", "samples", "right", "most taken for"}};
  for (size_t c = 0; c < scores.confusion.size(); ++c) {
    int64_t samples = 0;
    size_t worst = c;
    for (size_t other = 0; other < scores.confusion.size(); ++other) {
      samples += scores.confusion[c][other];
      if (other != c && (worst == c || scores.confusion[c][other] > scores.confusion[c][worst])) {
        worst = other;
      }
    }
    const auto name = [&](size_t i) { return i < classes.size() ? classes[i] : std::to_string(i); };
    const int64_t mistaken = worst == c ? 0 : scores.confusion[c][worst];
    rows.push_back(
        {printable(name(c)), grouped(samples),
         fmt::format("{:.2f} %", 100 * scores.class_accuracy[c]),
         mistaken == 0 ? "-" : fmt::format("{} ({})", printable(name(worst)), mistaken)});
  }
  print(table(rows));
}

}  // namespace

void add_evaluate(CLI::App& command) {
  auto options = std::make_shared<EvaluateOptions>();
  CLI::App* verb =
      command.add_subcommand("evaluate", "measure a model on the test images of a folder");
  verb->add_option("MODEL", options->model, "model.safetensors or an ONNX file")->required();
  verb->add_option("--data", options->data, "a data set, or an experiment that names one")
      ->required()
      ->type_name("DIR");
  add_threads(*verb, *options);
  add_json(*verb, *options);
  verb->footer("Example:\n  retort evaluate runs/mnist-quick/student.onnx --data datasets/mnist");
  verb->callback([options] { evaluate_verb(*options); });
}

}  // namespace retort::cli
