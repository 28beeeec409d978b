#include "retort/model/zoo/blocks.hpp"

#include <fmt/format.h>

#include <cmath>

namespace retort {

std::string conv_norm(Graph& graph, const std::string& conv, const std::string& norm,
                      const std::string& input, const Conv& settings, const Norm& norm_settings) {
  return graph.batch_norm(norm, graph.conv(conv, input, settings), norm_settings.epsilon,
                          norm_settings.momentum);
}

void classify(Graph& graph, const std::string& name, const std::string& input, int64_t classes,
              double deviation) {
  const std::string mean = graph.add("global_average_pool", "avgpool", input);
  const auto features = static_cast<double>(graph.shape(input)[0]);
  graph.linear(name, graph.flatten("flatten", mean), classes, /*bias=*/true,
               deviation > 0 ? deviation : 1 / std::sqrt(3 * features));
}

std::string interleave(Graph& graph, const std::string& name, const std::string& concat,
                       const std::string& left, const std::string& right) {
  return graph.add("channel_shuffle", name, graph.concat(concat, {left, right}),
                   {{"groups", int64_t{2}}});
}

namespace {

// The names are torchvision's; what comes before the last relu is `block.add`.
std::string residual_block(Graph& graph, const std::string& block, const std::string& input,
                           const ResidualStage& stage, int64_t stride) {
  const auto layer = [&](int number, const std::string& from, const Conv& settings) {
    return conv_norm(graph, fmt::format("{}.conv{}", block, number),
                     fmt::format("{}.bn{}", block, number), from, settings);
  };
  const auto relu = [&](int number, const std::string& from) {
    return graph.relu(fmt::format("{}.relu{}", block, number), from);
  };
  const int64_t width = stage.width;
  const int64_t out = stage.bottleneck ? 4 * width : width;
  std::string x = input;
  if (stage.bottleneck) {
    x = relu(1, layer(1, x, {.out_channels = width}));
    x = relu(2, layer(2, x, {.out_channels = width, .kernel = 3, .stride = stride, .padding = 1}));
    x = layer(3, x, {.out_channels = out});
  } else {
    x = relu(1, layer(1, x, {.out_channels = width, .kernel = 3, .stride = stride, .padding = 1}));
    x = layer(2, x, {.out_channels = width, .kernel = 3, .padding = 1});
  }
  std::string shortcut = input;
  if (graph.shape(input) != graph.shape(x)) {
    shortcut = conv_norm(graph, block + ".downsample.0", block + ".downsample.1", input,
                         {.out_channels = out, .stride = stride});
  }
  return graph.sum(block + ".add", x, shortcut);
}

}  // namespace

std::string residual_stage(Graph& graph, const ResidualStage& stage, const std::string& input) {
  std::string x = input;
  for (int64_t i = 0; i < stage.blocks; ++i) {
    const std::string block = fmt::format("{}.{}", stage.name, i);
    x = residual_block(graph, block, x, stage, i == 0 ? stage.stride : 1);
    x = graph.relu(i + 1 == stage.blocks ? stage.name : block + ".relu", x);
  }
  return x;
}

}  // namespace retort
