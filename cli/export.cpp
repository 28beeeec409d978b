#include <fmt/format.h>

#include "cli/verbs.hpp"
#include "retort/pipeline.hpp"

namespace retort::cli {
namespace {

struct ExportOptions : Options {
  std::string model;
  std::string out;
  std::string data;
  ExportForm form;
};

void export_verb(const ExportOptions& options) {
  const Path out =
      options.out.empty() ? Path(options.model).replace_extension(".onnx") : Path(options.out);
  const ExportCheck check = export_model(options.model, out, options.data, options.form);
  if (options.json) {
    print({{"onnx", out.string()},
           {"largest_difference", check.largest_difference},
           {"images", check.images},
           {"random_images", check.random},
           {"output", options.form.softmax ? "probabilities" : "logits"}});
    return;
  }
  print(fmt::format("{}: opset 17, checked; largest difference of a logit {:.3g} on {} {} images\n",
                    out.string(), check.largest_difference, check.images,
                    check.random ? "random" : "test"));
}

}  // namespace

void add_export(CLI::App& command) {
  auto options = std::make_shared<ExportOptions>();
  CLI::App* verb = command.add_subcommand("export", "write a model as ONNX, check it and run both");
  verb->add_option("MODEL", options->model, "model.safetensors or an ONNX file")->required();
  verb->add_option("--out", options->out, "the file; else beside the model")->type_name("FILE");
  verb->add_option(
          "--data", options->data,
          "a data set, or an experiment that names one, to run both on; else random images")
      ->type_name("DIR");
  verb->add_flag("--fold", options->form.fold,
                 "batch norms become part of the maps before them: fewer nodes, the same answers");
  verb->add_flag("--softmax", options->form.softmax,
                 "the output is 'probabilities' in place of 'logits'");
  add_threads(*verb, *options);
  add_json(*verb, *options);
  verb->footer(
      "Example:\n  retort export runs/mnist-quick/student/model.safetensors --out "
      "student.onnx --data datasets/mnist");
  verb->callback([options] { export_verb(*options); });
}

}  // namespace retort::cli
