#include <onnx/onnx_pb.h>
// The headers of onnx come before LibTorch's.
#include "retort/onnx/model_from_onnx.hpp"

#include <fmt/format.h>

#include <nlohmann/json.hpp>
#include <set>

#include "retort/base/error.hpp"
#include "retort/model/logits.hpp"
#include "retort/onnx/foreign_forms.hpp"
#include "retort/onnx/graph_import.hpp"
#include "retort/onnx/model_to_onnx.hpp"

namespace retort {
namespace {

using Json = nlohmann::json;

template <class T>
T parsed(const std::string& key, const std::string& text) {
  try {
    return Json::parse(text).get<T>();
  } catch (const Json::exception&) {
    throw Error(ExitCode::model, fmt::format("the metadata '{}' cannot be read", key));
  }
}

// Classes are found by their names.
void check_distinct(const std::vector<std::string>& classes) {
  std::set<std::string> seen;
  for (const std::string& name : classes) {
    if (seen.insert(name).second) continue;
    throw Error(ExitCode::model,
                fmt::format("the metadata '{}' name '{}' twice; say `classes` of it",
                            onnx_classes_key, printable(name)));
  }
}

void restore_metadata(const onnx::ModelProto& proto, Graph& graph) {
  std::map<std::string, std::string> metadata;
  for (const auto& entry : proto.metadata_props()) metadata[entry.key()] = entry.value();
  const auto text = [&](const char* key) -> const std::string* {
    const auto found = metadata.find(key);
    if (found != metadata.end()) return &found->second;
    if (proto.producer_name() != onnx_producer) return nullptr;
    throw Error(ExitCode::model,
                fmt::format("the metadata '{}' is missing; the file is cut off", key));
  };
  if (const std::string* classes = text(onnx_classes_key)) {
    graph.classes = parsed<std::vector<std::string>>(onnx_classes_key, *classes);
    check_distinct(graph.classes);
    const Shape& shape = graph.shape(graph.output());
    if (!graph.classes.empty() && shape.empty()) {
      throw Error(ExitCode::model, fmt::format("{} class names for an output of one number, [N]",
                                               graph.classes.size()));
    }
    if (!graph.classes.empty() && graph.classes.size() != static_cast<size_t>(shape.at(0))) {
      throw Error(ExitCode::model, fmt::format("{} class names for an output of {}",
                                               graph.classes.size(), shape_text(shape)));
    }
  }
  if (const std::string* shape = text(onnx_input_shape_key)) {
    if (parsed<Shape>(onnx_input_shape_key, *shape) != graph.input_shape()) {
      throw Error(ExitCode::model, fmt::format("the input is {}, the metadata say otherwise",
                                               shape_text(graph.input_shape())));
    }
  }
  if (const std::string* normalisation = text(onnx_normalisation_key)) {
    using Lists = std::map<std::string, std::vector<double>>;
    Lists lists = parsed<Lists>(onnx_normalisation_key, *normalisation);
    graph.normalisation = {lists["mean"], lists["deviation"]};
    check_normalisation(graph);
  }
}

// Answers [N, classes, 1, 1], of networks that end in a pool, as [N, classes].
void flatten_answer(Model& model) {
  const Shape shape = model.graph.shape(model.graph.output());
  if (shape.size() != 3 || shape[1] != 1 || shape[2] != 1) return;
  std::string name = "flatten";
  while (model.graph.contains(name)) name += "_2";
  model.graph.flatten(name, model.graph.output());
  model.remarks.push_back(fmt::format("answers of {} are flattened", shape_text(shape)));
}

void add_remarks(const ForeignGraph& foreign, Model& model) {
  if (foreign.batch > 0) {
    model.remarks.push_back(
        fmt::format("made for a batch of {}; read for batches of any size", foreign.batch));
  }
  if (foreign.channels_last) {
    model.remarks.push_back("images lie as [N, H, W, C] in the file; it is given [N, C, H, W]");
  }
  std::vector<std::string> others;
  for (const std::string& name : foreign.other_outputs) others.push_back(printable(name));
  if (!others.empty()) {
    model.remarks.push_back(fmt::format("of several outputs the first is read, '{}', not {}",
                                        printable(foreign.output), join(others)));
  }
}

}  // namespace

Model model_from_onnx(const onnx::ModelProto& proto, const Path& folder) {
  ForeignGraph foreign = foreign_graph_from_onnx(proto);
  leave_out_softmax(foreign);
  keep_needed(foreign);
  matmul_to_gemm(foreign);
  check_operators(foreign);
  Model model = import_graph(foreign, folder);
  model.graph.output();  // throws when there are no nodes
  if (proto.producer_name() != onnx_producer) flatten_answer(model);
  check_weights(model, "the model");
  restore_metadata(proto, model.graph);
  add_remarks(foreign, model);
  if (const std::string why = not_logits(model.graph); !why.empty()) model.remarks.push_back(why);
  return model;
}

}  // namespace retort
