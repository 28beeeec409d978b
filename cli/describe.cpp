#include <fmt/format.h>

#include "cli/verbs.hpp"
#include "retort/model/ops.hpp"
#include "retort/pipeline.hpp"

namespace retort::cli {
namespace {

struct DescribeOptions : Options {
  std::string model;
  int64_t classes = 0;
  Shape input;
};

int64_t parameters_of(const Graph& graph, const Node& node) {
  int64_t count = 0;
  for (const ParameterSpec& spec : op_named(node.op).parameters(node, graph.input_shapes(node))) {
    if (spec.trained) count += element_count(spec.shape);
  }
  return count;
}

int64_t macs_of(const Graph& graph, const Node& node) {
  return op_named(node.op).macs(node, graph.input_shapes(node));
}

struct Described {
  std::string name;
  Graph graph;
  std::vector<std::string> remarks = {};  // of a file that was read otherwise than it is written
};

Json graph_json(const Described& model) {
  const Graph& graph = model.graph;
  Json nodes = Json::array();
  for (const Node& node : graph.nodes()) {
    nodes.push_back({{"name", node.name},
                     {"op", node.op},
                     {"inputs", node.inputs},
                     {"shape", graph.shape(node.name)},
                     {"parameters", parameters_of(graph, node)},
                     {"macs", macs_of(graph, node)}});
  }
  const Cost total = cost(graph);
  return {{"name", model.name},
          {"remarks", model.remarks},
          {"input", graph.input_shape()},
          {"classes", graph.classes},
          {"normalisation",
           {{"mean", graph.normalisation.mean}, {"deviation", graph.normalisation.deviation}}},
          {"parameters", total.parameters},
          {"macs", total.macs},
          {"nodes", nodes}};
}

std::string graph_text(const Described& model) {
  const Graph& graph = model.graph;
  std::vector<std::vector<std::string>> rows = {{"node", "op", "shape", "parameters", "MACs"}};
  rows.push_back({"input", "", shape_text(graph.input_shape()), "", ""});
  for (const Node& node : graph.nodes()) {
    rows.push_back({printable(node.name), node.op, shape_text(graph.shape(node.name)),
                    grouped(parameters_of(graph, node)), grouped(macs_of(graph, node))});
  }
  const Cost total = cost(graph);
  rows.push_back({"all", "", "", grouped(total.parameters), grouped(total.macs)});
  std::string text =
      fmt::format("{}\n{}classes: {}\n", model.name, table(rows),
                  graph.classes.empty() ? "not named" : printable(join(graph.classes)));
  for (const std::string& remark : model.remarks) text += fmt::format("note: {}\n", remark);
  return text;
}

// A network of the zoo with its default settings. What does not fit was said on the command line.
Graph zoo_graph(const DescribeOptions& options) try {
  const ZooNetwork network = network_named(options.model);
  if (options.classes == 0 || options.input.empty()) {
    throw Error(ExitCode::usage,
                fmt::format("{}: a network of the zoo wants --classes and --input, such as "
                            "--classes 100 --input 3,32,32",
                            options.model));
  }
  return std::visit([&](const auto& kind) { return kind.build(options.input, options.classes); },
                    network);
} catch (const Error& error) {
  throw Error(ExitCode::usage, error.what());
}

std::vector<Described> models_of(const DescribeOptions& options) {
  const Path path = options.model;
  if (path.extension().empty() && !std::filesystem::exists(path)) {
    return {{options.model, zoo_graph(options)}};
  }
  if (path.extension() != ".toml") {
    const Model model = open_model(path);
    return {{options.model, model.graph, model.remarks}};
  }
  std::vector<Described> models;
  for (const PlannedModel& model : make_plan(read_experiment(path, options.overrides)).models) {
    models.push_back({model.name, model.graph});
  }
  return models;
}

void describe_verb(const DescribeOptions& options) {
  Json list = Json::array();
  std::string text;
  for (const Described& model : models_of(options)) {
    list.push_back(graph_json(model));
    text += (text.empty() ? "" : "\n") + graph_text(model);
  }
  options.json ? print(Json{{"models", list}}) : print(text);
}

}  // namespace

void add_describe(CLI::App& command) {
  auto options = std::make_shared<DescribeOptions>();
  CLI::App* verb = command.add_subcommand(
      "describe", "the nodes of a model with shapes, parameters and multiply-accumulates");
  verb->add_option("MODEL", options->model,
                   "model.safetensors, an ONNX file, an experiment (.toml), or a network of the "
                   "zoo (retort list models)")
      ->required();
  verb->add_option("--classes", options->classes, "of a network of the zoo")
      ->check(CLI::Range(1, 1 << 20));
  verb->add_option("--input", options->input, "of a network of the zoo: channels,height,width")
      ->delimiter(',');
  add_overrides(*verb, *options);
  add_json(*verb, *options);
  verb->footer(
      "Example:\n  retort describe experiments/mnist-quick.toml\n"
      "  retort describe resnet20 --classes 100 --input 3,32,32");
  verb->callback([options] { describe_verb(*options); });
}

}  // namespace retort::cli
