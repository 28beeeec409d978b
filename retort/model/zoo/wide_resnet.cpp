#include "retort/model/zoo/wide_resnet.hpp"

#include <fmt/format.h>

#include "retort/model/zoo/blocks.hpp"

namespace retort {
namespace {

// Where the width changes, norm and relu come before the shortcut too.
std::string block(Graph& graph, const std::string& name, const std::string& sum,
                  const std::string& input, int64_t width, int64_t stride) {
  const auto norm_relu = [&](int number, const std::string& from) {
    const std::string norm = graph.batch_norm(fmt::format("{}.bn{}", name, number), from);
    return graph.relu(fmt::format("{}.relu{}", name, number), norm);
  };
  const std::string first = norm_relu(1, input);
  std::string shortcut = input;
  if (graph.shape(input)[0] != width) {
    shortcut = graph.conv(name + ".convShortcut", first, {.out_channels = width, .stride = stride});
  }
  std::string x = graph.conv(name + ".conv1", first,
                             {.out_channels = width, .kernel = 3, .stride = stride, .padding = 1});
  x = graph.conv(name + ".conv2", norm_relu(2, x),
                 {.out_channels = width, .kernel = 3, .padding = 1});
  return graph.sum(sum, shortcut, x);
}

std::string stage(Graph& graph, const std::string& name, const std::string& input, int64_t blocks,
                  int64_t width, int64_t stride) {
  std::string x = input;
  for (int64_t i = 0; i < blocks; ++i) {
    const std::string here = fmt::format("{}.layer.{}", name, i);
    x = block(graph, here, i + 1 == blocks ? name : here + ".add", x, width, i == 0 ? stride : 1);
  }
  return x;
}

}  // namespace

Graph build_wide_resnet(const WideResnet& network, const Shape& input, int64_t classes) {
  const int64_t blocks = (network.depth - 4) / 6;
  Graph graph(input);
  std::string x = graph.conv("conv1", "input", {.out_channels = 16, .kernel = 3, .padding = 1});
  x = stage(graph, "block1", x, blocks, 16 * network.widening, 1);
  x = stage(graph, "block2", x, blocks, 32 * network.widening, 2);
  x = stage(graph, "block3", x, blocks, 64 * network.widening, 2);
  classify(graph, "fc", graph.relu("relu", graph.batch_norm("bn1", x)), classes);
  return graph;
}

}  // namespace retort
