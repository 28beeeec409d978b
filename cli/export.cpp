#include <fmt/format.h>

#include "cli/verbs.hpp"
#include "retort/pipeline.hpp"

namespace retort::cli {
namespace {

struct ExportOptions : Options {
  std::string model;
  std::string out;
  std::string data;
};

void export_verb(const ExportOptions& options) {
  const Path out =
      options.out.empty() ? Path(options.model).replace_extension(".onnx") : Path(options.out);
  const double difference = export_model(options.model, out, options.data);
  if (options.json) {
    print({{"onnx", out.string()}, {"largest_difference", difference}});
    return;
  }
  print(fmt::format("{}: opset 17, checked; largest difference of a logit {:.3g}\n", out.string(),
                    difference));
}

}  // namespace

void add_export(CLI::App& command) {
  auto options = std::make_shared<ExportOptions>();
  CLI::App* verb = command.add_subcommand("export", "write a model as ONNX, check it and run both");
  verb->add_option("MODEL", options->model, "model.safetensors")->required();
  verb->add_option("--out", options->out, "the file; else beside the model")->type_name("FILE");
  verb->add_option("--data", options->data,
                   "folder of a data set to run both on; else random images")
      ->type_name("DIR");
  add_threads(*verb, *options);
  add_json(*verb, *options);
  verb->footer(
      "Example:\n  retort export runs/mnist-quick/student/model.safetensors --out "
      "student.onnx --data datasets/mnist");
  verb->callback([options] { export_verb(*options); });
}

}  // namespace retort::cli
