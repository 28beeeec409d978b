#include <fmt/format.h>

#include <cmath>

#include "cli/verbs.hpp"
#include "retort/pipeline.hpp"

namespace retort::cli {
namespace {

struct AdjustOptions : Options {
  std::string model, data, out;
  std::string split = "train";
  std::vector<std::string> prior;
};

void adjust_verb(const AdjustOptions& options) {
  const Split split = options.split == "test" ? Split::test : Split::train;
  const Adjustment made = adjust(options.model, options.prior, options.data, split, options.out);
  Classes classes = open_model(options.out).graph.classes;
  for (size_t c = classes.size(); c < made.biases.size(); ++c) classes.push_back(std::to_string(c));
  std::vector<std::vector<std::string>> rows = {
      {"class", "mean probability", "prior", "bias", "then"}};
  Json table_of_classes = Json::array();
  for (size_t c = 0; c < made.biases.size(); ++c) {
    const bool asked = !std::isnan(made.prior[c]);
    rows.push_back({printable(classes[c]), fmt::format("{:.4f}", made.before[c]),
                    asked ? fmt::format("{:.4f}", made.prior[c]) : "-",
                    fmt::format("{:+.3f}", made.biases[c]), fmt::format("{:.4f}", made.after[c])});
    table_of_classes.push_back({{"class", classes[c]},
                                {"before", made.before[c]},
                                {"prior", asked ? Json(made.prior[c]) : Json()},
                                {"bias", made.biases[c]},
                                {"after", made.after[c]}});
  }
  if (options.json) {
    print({{"model", options.out}, {"images", made.images}, {"classes", table_of_classes}});
    return;
  }
  print(fmt::format("{}: biases fitted on {} images, no label was read\n\n{}", options.out,
                    grouped(made.images), table(rows)));
}

}  // namespace

void add_adjust(CLI::App& command) {
  auto options = std::make_shared<AdjustOptions>();
  CLI::App* verb = command.add_subcommand(
      "adjust", "fit a model's output biases to how often its classes occur, without labels");
  verb->add_option("MODEL", options->model, "model.safetensors or an ONNX file")->required();
  verb->add_option("--prior", options->prior,
                   "share of the images that a class has, as in 3=0.1, for some classes or all; or "
                   "uniform")
      ->required()
      ->delimiter(',')
      ->type_name("CLASS=SHARE,...");
  verb->add_option("--data", options->data,
                   "a data set, or an experiment that names one; its labels are not used")
      ->required()
      ->type_name("DIR");
  verb->add_option("--split", options->split, "which of its images: train or test")
      ->check(CLI::IsMember({"train", "test"}))
      ->capture_default_str();
  verb->add_option("--out", options->out, "the new model (.safetensors or .onnx)")
      ->required()
      ->type_name("FILE");
  add_threads(*verb, *options);
  add_json(*verb, *options);
  verb->footer(
      "A student whose transfer images lacked a class believes in it too little. The biases are\n"
      "moved until the mean probability of the class over the images is its share.\nExample:\n"
      "  retort adjust runs/mnist-omit-3/student/model.safetensors --prior 3=0.1 \\\n"
      "    --data datasets/mnist --out fair.safetensors");
  verb->callback([options] { adjust_verb(*options); });
}

}  // namespace retort::cli
