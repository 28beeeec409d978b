// The side of retort in the comparison with Python's onnx, onnxruntime and safetensors; oracle.py
// is the other side.
#include <ATen/ops/softmax.h>
#include <fmt/format.h>

#include <algorithm>
#include <cstdio>
#include <string>
#include <vector>

#include "retort/model/fold.hpp"
#include "retort/model/network.hpp"
#include "retort/model/zoo.hpp"
#include "retort/onnx/onnx_file.hpp"
#include "retort/tensor/safetensors.hpp"
#include "tests/golden/ops.hpp"

namespace retort {
namespace {

Tensor logits(const Network& network, const Tensor& inputs) {
  const std::string& output = network.graph().output();
  return network.forward(inputs, {output}).at(output);
}

Graph mlp(const Shape& input, const std::vector<int64_t>& widths, bool bias, double dropout) {
  Graph graph(input);
  std::string last = "input";
  if (input.size() > 1) last = graph.flatten("flatten", last);
  for (size_t i = 0; i < widths.size(); ++i) {
    if (dropout > 0) last = graph.dropout(fmt::format("drop{}", i + 1), last, dropout);
    last = graph.linear(fmt::format("fc{}", i + 1), last, widths[i], bias);
    if (i + 1 < widths.size()) last = graph.relu(fmt::format("relu{}", i + 1), last);
  }
  return graph;
}

// Nodes named like the output and like a weight, and a dropout at the end.
Graph awkward() {
  Graph graph({5});
  graph.linear("logits", "input", 4);
  graph.relu("fc.weight", "logits");
  graph.linear("fc", "fc.weight", 3);
  graph.dropout("input.1", "fc", 0.5);
  return graph;
}

// The file of `written`, which answers as `model` does; of probabilities as its softmax.
void write_example(const Path& folder, const std::string& name, const Model& model,
                   const Model& written, OnnxOutput output = OnnxOutput::logits) {
  const Graph& graph = model.graph;
  write_onnx(folder / (name + ".onnx"), written, {{"note", name}}, output);
  Safetensors answers;
  for (const int64_t batch : {1, 7}) {
    Shape shape = {batch};
    shape.insert(shape.end(), graph.input_shape().begin(), graph.input_shape().end());
    const Tensor inputs = golden::pattern(3, shape, 0, 1).to(at::kFloat);
    Tensor values = logits(Network(model), inputs);
    if (output == OnnxOutput::probabilities) values = at::softmax(values, 1);
    answers.tensors.set(fmt::format("inputs{}", batch), inputs);
    answers.tensors.set(fmt::format("answers{}", batch), values);
  }
  write_safetensors(folder / (name + ".safetensors"), answers);
}

// Weights of which every one matters: biases, scales and running statistics are no zeros and ones.
Model with_weights(const Graph& graph) {
  Model model{graph, initial_weights(graph, 11)};
  uint64_t seed = 5;
  for (const ParameterSpec& spec : parameters(graph)) {
    if (spec.initial != Initial::zero && spec.initial != Initial::one) continue;
    const bool is_one = spec.initial == Initial::one;
    model.weights.at(spec.name).copy_(
        golden::pattern(seed++, spec.shape, is_one ? 0.5 : -0.5, is_one ? 1.5 : 0.5));
  }
  return model;
}

void write_example(const Path& folder, const std::string& name, const Graph& graph) {
  const Model model = with_weights(graph);
  write_example(folder, name, model, model);
}

// Every network of the zoo, as it is, with its batch norms folded, and with a softmax at the end.
void write_networks(const Path& folder) {
  for (const auto& [kind, help] : KindsOf<ZooNetwork>::rows()) {
    const Graph graph = std::visit(
        [](const auto& network) {
          return network.build({3, 32, 32}, 10);
        },
        network_named(kind));
    const Model model = with_weights(graph);
    const Model fewer = folded(model);
    write_example(folder, "zoo-" + kind, model, model);
    if (fewer.graph.nodes().size() == graph.nodes().size()) continue;
    write_example(folder, "folded-" + kind, model, fewer, OnnxOutput::probabilities);
  }
}

// Every case of every op.
void write_ops(const Path& folder) {
  for (const golden::OpCase& one : golden::op_cases(golden::file("ops.safetensors"))) {
    std::string name = one.name;
    std::replace(name.begin(), name.end(), '/', '-');
    write_example(folder, name, one.model, one.model);
  }
}

void write_examples(const Path& folder) {
  write_ops(folder);
  write_networks(folder);
  write_example(folder, "linear", mlp({4}, {3}, true, 0));
  write_example(folder, "one", mlp({1}, {1}, true, 0));
  write_example(folder, "no-bias", mlp({1, 8, 8}, {16, 10}, false, 0));
  write_example(folder, "awkward", awkward());
  Graph graph = mlp({1, 28, 28}, {300, 300, 10}, true, 0.2);
  graph.classes = {"0", "1", "2", "3", "4", "5", "6", "7", "8", "9"};
  graph.normalisation = {{0.1307}, {0.3081}};
  write_example(folder, "mnist", graph);
  const Model mnist = with_weights(graph);
  write_example(folder, "mnist-probabilities", mnist, mnist, OnnxOutput::probabilities);
  graph = mlp({3, 5, 7}, {33, 2}, true, 0.5);
  graph.classes = {"Katze \"\xc3\xa4\"", "chat\n"};
  graph.normalisation = {{0.5, 0.25, 0.125}, {0.5, 0.75, 0.3}};
  write_example(folder, "colour", graph);
}

void answer(const Path& model, const Path& from, const Path& to) {
  const Network network(read_onnx(model));
  write_safetensors(
      to, {{{"logits", logits(network, read_safetensors(from).tensors.at("inputs"))}}, {}});
}

int run(const std::vector<std::string>& words) {
  if (words.size() == 2 && words[0] == "write") {
    write_examples(words[1]);
  } else if (words.size() == 4 && words[0] == "answer") {
    answer(words[1], words[2], words[3]);
  } else if (words.size() == 3 && words[0] == "copy") {
    write_safetensors(words[2], read_safetensors(words[1]));
  } else {
    std::fputs("onnx_oracle write FOLDER | answer MODEL INPUTS LOGITS | copy FROM TO\n", stderr);
    return static_cast<int>(ExitCode::usage);
  }
  return 0;
}

}  // namespace
}  // namespace retort

int main(int count, char** words) {
  try {
    return retort::run({words + 1, words + count});
  } catch (const retort::Error& error) {
    std::fprintf(stderr, "%s\n", error.what());
    return static_cast<int>(error.code());
  }
}
