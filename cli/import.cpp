#include <fmt/format.h>

#include "cli/verbs.hpp"
#include "retort/pipeline.hpp"

namespace retort::cli {
namespace {

struct ImportOptions : Options {
  std::string weights, kind, classes, normalise, out;
  Shape input;
};

void import_verb(const ImportOptions& options) {
  ImportSettings settings{
      .model = import_network(options.kind, options.overrides, options.normalise),
      .input = options.input};
  set_classes(settings, options.classes);
  const KeyReport report = import_weights(options.weights, settings, options.out);
  if (options.json) {
    print({{"model", options.out},
           {"loaded", report.loaded.size()},
           {"counters_ignored", report.counters}});
    return;
  }
  print(fmt::format("{}: {}, {} classes{}, images of {}; {}\n", options.out, options.kind,
                    grouped(static_cast<int64_t>(settings.classes.size())),
                    settings.classes_are_named ? "" : " without names", shape_text(options.input),
                    report.text()));
}

}  // namespace

void add_import(CLI::App& command) {
  auto options = std::make_shared<ImportOptions>();
  CLI::App* verb = command.add_subcommand(
      "import", "make a model of bare weights, whose names are torchvision's or timm's");
  verb->add_option("WEIGHTS", options->weights,
                   "a .safetensors file, or the .index.json of several")
      ->required();
  verb->add_option("--kind", options->kind, "the network (retort list models)")->required();
  verb->add_option("--classes", options->classes,
                   "how many, a file with a name a line, or names with commas between them")
      ->required()
      ->type_name("N|FILE|NAME,NAME,...");
  verb->add_option("--input", options->input, "channels,height,width")
      ->required()
      ->expected(3)
      ->delimiter(',');
  verb->add_option("--normalise", options->normalise,
                   "what the weights expect of pixels in [0, 1]: imagenet, or means/deviations, as "
                   "0.5,0.5,0.5/0.2,0.2,0.2; else pixels as they are")
      ->type_name("WORDS");
  verb->add_option("--out", options->out, "the model")->required()->type_name("FILE");
  verb->add_option("--set", options->overrides, "a field of the network, as width=384")
      ->type_name("FIELD=VALUE")
      ->allow_extra_args(false);
  add_json(*verb, *options);
  verb->footer(
      "Every weight must have its place and every place its weight; docs/weights.md.\nExample:\n"
      "  retort import resnet18.safetensors --kind resnet18 --classes imagenet-classes.txt \\\n"
      "    --input 3,224,224 --normalise imagenet --out resnet18-model.safetensors");
  verb->callback([options] { import_verb(*options); });
}

}  // namespace retort::cli
