#include "retort/model/zoo/deit.hpp"

#include <fmt/format.h>

#include <cmath>

#include "retort/base/error.hpp"

namespace retort {
namespace {

constexpr double epsilon = 1e-6;
constexpr double deviation = 0.02;  // of fresh weights

// Softmax of the products of queries and keys weighs the values, for every head apart.
std::string attention(Graph& graph, const std::string& name, const std::string& input,
                      int64_t heads) {
  const int64_t length = graph.shape(input)[0], width = graph.shape(input)[1];
  const int64_t share = width / heads;
  const std::string qkv = graph.linear(name + ".qkv", input, 3 * width, true, deviation);
  // [length, width] of one kind to [heads, length, share], or turned for the keys.
  const auto by_head = [&](const std::string& kind, int64_t place, std::vector<int64_t> order) {
    const std::string here = fmt::format("{}.{}", name, kind);
    std::string x = graph.slice(here + ".slice", qkv, 1, place * width, (place + 1) * width);
    x = graph.add("reshape", here + ".reshape", x,
                  {{"shape", std::vector<int64_t>{length, heads, share}}});
    return graph.add("transpose", here, x, {{"permutation", std::move(order)}});
  };
  const std::string queries = by_head("q", 0, {1, 0, 2});
  const std::string keys = by_head("k", 1, {1, 2, 0});
  const std::string values = by_head("v", 2, {1, 0, 2});
  std::string x = graph.add({name + ".scores", "matmul", {queries, keys}, {}});
  x = graph.add("scale", name + ".scale", x,
                {{"factor", 1 / std::sqrt(static_cast<double>(share))}, {"offset", 0.0}});
  x = graph.add("softmax", name + ".softmax", x, {{"axis", int64_t{2}}});
  x = graph.add({name + ".mix", "matmul", {x, values}, {}});
  x = graph.add("transpose", name + ".transpose", x,
                {{"permutation", std::vector<int64_t>{1, 0, 2}}});
  x = graph.add("reshape", name + ".reshape", x, {{"shape", std::vector<int64_t>{length, width}}});
  return graph.linear(name + ".proj", x, width, true, deviation);
}

std::string block(Graph& graph, const std::string& name, const std::string& input, int64_t heads) {
  const int64_t width = graph.shape(input)[1];
  std::string x = graph.layer_norm(name + ".norm1", input, epsilon);
  const std::string middle =
      graph.sum(name + ".add", input, attention(graph, name + ".attn", x, heads));
  x = graph.layer_norm(name + ".norm2", middle, epsilon);
  x = graph.linear(name + ".mlp.fc1", x, 4 * width, true, deviation);
  x = graph.add("gelu", name + ".mlp.act", x, {{"approximate", std::string("none")}});
  return graph.sum(name, middle, graph.linear(name + ".mlp.fc2", x, width, true, deviation));
}

}  // namespace

void Deit::describe(FieldVisitor& visitor) {
  visitor.visit({.name = "patch",
                 .help = "pixels of a patch's side; 4 suits images of 32 px",
                 .range = Range::between(1, 1024)},
                patch);
  visitor.visit({.name = "width", .help = "features of a token", .range = Range::between(1, 8192)},
                width);
  visitor.visit({.name = "depth", .help = "blocks", .range = Range::between(1, 100)}, depth);
  visitor.visit({.name = "heads",
                 .help = "parts of the width that attend each for itself",
                 .range = Range::between(1, 1024)},
                heads);
}

Graph Deit::build(const Shape& input, int64_t classes) const {
  if (width % heads != 0) {
    throw Error(ExitCode::model,
                fmt::format("wanted a width in {} equal parts (heads), got {}", heads, width));
  }
  if (input.size() == 3 && (input[1] % patch != 0 || input[2] % patch != 0)) {
    throw Error(ExitCode::model,
                fmt::format("patches of {} pixels do not fill {}x{}", patch, input[1], input[2]));
  }
  Graph graph(input);
  std::string x = graph.conv("patch_embed.proj", "input",
                             {.out_channels = width,
                              .kernel = patch,
                              .stride = patch,
                              .bias = true,
                              .deviation = deviation});
  const int64_t patches = graph.shape(x)[1] * graph.shape(x)[2];
  x = graph.add("reshape", "patches", x, {{"shape", std::vector<int64_t>{width, patches}}});
  x = graph.add("transpose", "sequence", x, {{"permutation", std::vector<int64_t>{1, 0}}});
  x = graph.add("tokens", "tokens", x, {{"count", int64_t{2}}});
  x = graph.add("offset", "pos_embed", x, {{"shape", std::vector<int64_t>{patches + 2, width}}});
  for (int64_t i = 0; i < depth; ++i) x = block(graph, fmt::format("blocks.{}", i), x, heads);
  x = graph.layer_norm("norm", x, epsilon);
  const auto head = [&](const std::string& name, const std::string& token, int64_t place) {
    const std::string row = graph.slice(token + ".slice", x, 0, place, place + 1);
    return graph.linear(name, graph.flatten(token, row), classes, true, deviation);
  };
  const std::string of_class = head("head", "class_token", 0);
  const std::string of_teacher = head("head_dist", "distillation_token", 1);
  graph.add("scale", "logits", graph.sum("heads", of_class, of_teacher),
            {{"factor", 0.5}, {"offset", 0.0}});
  return graph;
}

}  // namespace retort
