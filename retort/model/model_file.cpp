#include "retort/model/model_file.hpp"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "retort/base/error.hpp"
#include "retort/tensor/checksum.hpp"

namespace retort {
namespace {

using Json = nlohmann::ordered_json;

Json to_json(const Attribute& attribute) {
  return std::visit([](const auto& value) { return Json(value); }, attribute);
}

Attribute attribute_from(const Json& json) {
  if (json.is_number_integer()) return json.get<int64_t>();
  if (json.is_number_float()) return json.get<double>();
  if (json.is_string()) return json.get<std::string>();
  return json.get<std::vector<int64_t>>();
}

Graph parse_graph(const Json& json) {
  Graph graph(json.at("input").get<Shape>());
  for (const Json& item : json.at("nodes")) {
    Node node;
    node.name = item.at("name").get<std::string>();
    node.op = item.at("op").get<std::string>();
    node.inputs = item.at("inputs").get<std::vector<std::string>>();
    for (const auto& [key, value] : item.at("attributes").items()) {
      node.attributes[key] = attribute_from(value);
    }
    graph.add(std::move(node));
  }
  graph.output();  // a model without nodes answers nothing
  graph.classes = json.at("classes").get<std::vector<std::string>>();
  graph.normalisation.mean = json.at("normalisation").at("mean").get<std::vector<double>>();
  graph.normalisation.deviation =
      json.at("normalisation").at("deviation").get<std::vector<double>>();
  check_normalisation(graph);
  return graph;
}

}  // namespace

std::string graph_to_json(const Graph& graph) {
  Json nodes = Json::array();
  for (const Node& node : graph.nodes()) {
    Json attributes = Json::object();
    for (const auto& [name, value] : node.attributes) attributes[name] = to_json(value);
    nodes.push_back({{"name", node.name},
                     {"op", node.op},
                     {"inputs", node.inputs},
                     {"attributes", attributes}});
  }
  const Json json = {
      {"input", graph.input_shape()},
      {"nodes", nodes},
      {"classes", graph.classes},
      {"normalisation",
       {{"mean", graph.normalisation.mean}, {"deviation", graph.normalisation.deviation}}}};
  return json.dump();
}

Graph graph_from_json(std::string_view text) {
  try {
    return parse_graph(Json::parse(text));
  } catch (const Json::exception& error) {
    throw Error(ExitCode::model,
                fmt::format("the graph cannot be read: {}", printable(error.what())));
  }
}

void save_model(const Path& path, const Model& model,
                const std::map<std::string, std::string>& notes) {
  check_weights(model, path.string());
  Safetensors content{model.weights, notes};
  content.metadata["retort.format"] = "1";
  content.metadata["retort.graph"] = graph_to_json(model.graph);
  add_checksum(content);
  write_safetensors(path, content);
}

Model load_model(const Path& path) {
  Safetensors content = read_safetensors(path);
  const auto format = content.metadata.find("retort.format");
  const auto graph = content.metadata.find("retort.graph");
  if (format == content.metadata.end() || graph == content.metadata.end()) {
    throw Error(
        ExitCode::model,
        fmt::format("{}: these are weights without a model (no 'retort.graph' in the metadata); "
                    "'retort import' makes a model of them",
                    path.string()));
  }
  if (format->second != "1") {
    throw Error(ExitCode::model,
                fmt::format("{}: wanted model format 1, got '{}'; it needs a newer retort",
                            path.string(), printable(format->second)));
  }
  try {
    Model model{graph_from_json(graph->second), content.tensors};
    check_weights(model, path.string());
    check_checksum(content, path);
    return in_graph_order(std::move(model));
  } catch (const Error& error) {
    const std::string text = error.what();
    if (text.starts_with(path.string())) throw;
    throw Error(error.code(), fmt::format("{}: {}", path.string(), text));
  }
}

}  // namespace retort
