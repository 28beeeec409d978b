#include <fmt/format.h>

#include "cli/verbs.hpp"
#include "retort/pipeline.hpp"

namespace retort::cli {
namespace {

struct PredictOptions : Options {
  std::string model;
  std::vector<std::string> images;
  double temperature = 1;
};

void predict_verb(const PredictOptions& options) {
  const std::vector<Prediction> predictions =
      predict(options.model, options.images, options.temperature);
  if (options.json) {
    Json list = Json::array();
    for (const Prediction& prediction : predictions) {
      Json probabilities = Json::object();
      for (const auto& [name, value] : prediction.probabilities) probabilities[name] = value;
      list.push_back({{"image", prediction.image},
                      {"answer", prediction.answer},
                      {"probabilities", probabilities}});
    }
    print({{"model", options.model}, {"temperature", options.temperature}, {"predictions", list}});
    return;
  }
  constexpr size_t shown = 5;
  std::string text;
  for (const Prediction& prediction : predictions) {
    text += fmt::format("{}: {}\n", prediction.image, printable(prediction.answer));
    for (size_t i = 0; i < std::min(shown, prediction.probabilities.size()); ++i) {
      const auto& [name, value] = prediction.probabilities[i];
      const auto bar = static_cast<size_t>(40 * value + 0.5);
      text += fmt::format("  {:<12} {:>9.4f} %  {}\n", printable(name), 100 * value,
                          std::string(bar, '#'));
    }
  }
  print(text);
}

}  // namespace

void add_predict(CLI::App& command) {
  auto options = std::make_shared<PredictOptions>();
  CLI::App* verb =
      command.add_subcommand("predict", "what a model says of single images, and how sure it is");
  verb->add_option("MODEL", options->model, "model.safetensors or an ONNX file")->required();
  verb->add_option("IMAGE", options->images,
                   "a .jpg or .png file, FILE:NUMBER, a record of an IDX file from 0, or "
                   "FOLDER:NUMBER, a test image of a data set")
      ->required();
  verb->add_option("--temperature", options->temperature,
                   "T: the logits are divided by it; higher shows more of the small probabilities")
      ->capture_default_str();
  add_threads(*verb, *options);
  add_json(*verb, *options);
  verb->footer(
      "Example:\n  retort predict runs/mnist-quick/student.onnx datasets/mnist:18 "
      "--temperature 4");
  verb->callback([options] { predict_verb(*options); });
}

}  // namespace retort::cli
