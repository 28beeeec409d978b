#include "retort/model/start.hpp"

#include <ATen/ops/cat.h>
#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "retort/base/error.hpp"
#include "retort/model/ops.hpp"

namespace retort {
namespace {

// "2 missing (fc.weight, fc.bias)": a count and the first names; nothing where there are none.
void add_words(std::vector<std::string>& words, std::string_view what, const Names& names) {
  constexpr size_t most = 2;
  if (names.empty()) return;
  std::vector<std::string> first;
  for (size_t i = 0; i < std::min(most, names.size()); ++i) {
    first.push_back(printable(std::string_view(names[i]).substr(0, 80)));
  }
  if (names.size() > most) first.emplace_back("...");
  words.push_back(fmt::format("{} {} ({})", names.size(), what, join(first)));
}

// A parameter that is no layer's has no ".weight" in PyTorch, and dimensions of 1 in front.
void rename_bare_parameter(const std::string& name, const Shape& shape, NamedTensors& tensors) {
  const std::string bare = name.substr(0, name.rfind('.'));
  const Tensor* tensor = tensors.find(bare);
  if (tensor == nullptr || tensors.find(name) != nullptr) return;
  Shape sizes = tensor->sizes().vec();
  while (sizes.size() > shape.size() && sizes.front() == 1) sizes.erase(sizes.begin());
  tensors.set(name, tensor->reshape(sizes));
  tensors.erase(bare);
}

// The rows before a sequence are parameters for themselves in timm: [1, 1, width] each.
void join_tokens(const std::string& name, const Shape& shape, NamedTensors& tensors) {
  const std::vector<std::string> parts = {"cls_token", "dist_token"};
  std::vector<Tensor> rows;
  for (size_t i = 0; i < parts.size() && static_cast<int64_t>(i) < shape[0]; ++i) {
    const Tensor* row = tensors.find(parts[i]);
    if (row == nullptr || row->numel() != shape[1]) return;
    rows.push_back(row->reshape({1, shape[1]}));
  }
  if (static_cast<int64_t>(rows.size()) != shape[0]) return;
  tensors.set(name, at::cat(rows, 0));
  for (size_t i = 0; i < rows.size(); ++i) tensors.erase(parts[i]);
}

NamedTensors under_our_names(NamedTensors tensors, const Graph& graph) {
  for (const Node& node : graph.nodes()) {
    if (node.op != "tokens" && node.op != "offset" && node.op != "gain") continue;
    const ParameterSpec spec = op_named(node.op).parameters(node, graph.input_shapes(node)).at(0);
    const std::string name = node.name + "." + spec.name;
    rename_bare_parameter(name, spec.shape, tensors);
    if (node.op == "tokens") join_tokens(name, spec.shape, tensors);
  }
  return tensors;
}

}  // namespace

bool KeyReport::fits() const {
  return missing.empty() && unexpected.empty() && differing.empty() && !other_classes;
}

std::string KeyReport::text() const {
  std::vector<std::string> words = {fmt::format("{} loaded", loaded.size())};
  add_words(words, "left at their start", left);
  add_words(words, "missing", missing);
  add_words(words, "unexpected", unexpected);
  add_words(words, "of another shape", differing);
  if (other_classes) words.emplace_back("its classes are others");
  if (counters > 0) words.push_back(fmt::format("{} counters ignored", counters));
  return join(words);
}

Names head_weights(const Graph& graph) {
  std::set<std::string> wanted = {graph.output()};
  Names names;
  for (auto node = graph.nodes().rbegin(); node != graph.nodes().rend(); ++node) {
    if (!wanted.contains(node->name)) continue;
    const Op& op = op_named(node->op);
    const Shapes shapes = graph.input_shapes(*node);
    const std::vector<ParameterSpec> specs = op.parameters(*node, shapes);
    for (const ParameterSpec& spec : specs) names.push_back(node->name + "." + spec.name);
    const bool is_map = !specs.empty() && op.macs(*node, shapes) > 0;
    if (!is_map) wanted.insert(node->inputs.begin(), node->inputs.end());
  }
  return names;
}

Start start_from(const WeightsFile& file, const Graph& graph, bool head) {
  Start start;
  KeyReport& report = start.report;
  report.counters = file.counters;
  const Names of_head = head_weights(graph);
  const auto in_head = [&](const std::string& name) {
    return std::find(of_head.begin(), of_head.end(), name) != of_head.end();
  };
  const NamedTensors tensors = under_our_names(file.tensors, graph);
  std::set<std::string> known;
  for (const ParameterSpec& spec : parameters(graph)) {
    known.insert(spec.name);
    const Tensor* tensor = tensors.find(spec.name);
    const bool fits = tensor != nullptr && tensor->sizes().equals(spec.shape);
    if (!head && in_head(spec.name)) {
      report.left.push_back(spec.name);
    } else if (fits) {
      report.loaded.push_back(spec.name);
      start.weights.set(spec.name, *tensor);
    } else {
      report.only_the_head = report.only_the_head && in_head(spec.name);
      if (tensor == nullptr) {
        report.missing.push_back(spec.name);
      } else {
        report.differing.push_back(fmt::format("{}: {}, wanted {}", spec.name,
                                               shape_text(tensor->sizes().vec()),
                                               shape_text(spec.shape)));
      }
    }
  }
  for (const auto& [name, tensor] : tensors) {
    if (!known.contains(name)) report.unexpected.push_back(name);
  }
  report.only_the_head = report.only_the_head && report.unexpected.empty();
  report.other_classes =
      head && !file.classes.empty() && !graph.classes.empty() && file.classes != graph.classes;
  return start;
}

Start read_start(const Path& path, const Graph& graph, bool head) {
  Start start = start_from(read_weights(path), graph, head);
  if (start.report.fits()) return start;
  const char* advice = start.report.loaded.empty() ? "are these weights of another network?"
                       : start.report.only_the_head && head
                           ? "if they are for other classes, init_head = false of an experiment "
                             "leaves the last layer "
                             "at its start"
                           : "'retort describe' shows the names and shapes that are wanted";
  throw Error(ExitCode::model, fmt::format("{}: does not fit the network: {}; {}", path.string(),
                                           start.report.text(), advice));
}

}  // namespace retort
