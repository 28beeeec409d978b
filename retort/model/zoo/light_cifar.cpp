#include "retort/model/zoo/light_cifar.hpp"

#include <fmt/format.h>

#include "retort/model/zoo/blocks.hpp"

namespace retort {
namespace {

std::string conv_norm_relu(Graph& graph, const std::string& conv, const std::string& norm,
                           const std::string& relu, const std::string& input,
                           const Conv& settings) {
  return graph.relu(relu, conv_norm(graph, conv, norm, input, settings));
}

// Every channel for itself, 3x3.
Conv depthwise(int64_t channels, int64_t stride) {
  return {
      .out_channels = channels, .kernel = 3, .stride = stride, .padding = 1, .groups = channels};
}

// Expand, one window a channel, project; the shortcut where the shape stays.
std::string inverted_residual(Graph& graph, const std::string& name, const std::string& input,
                              int64_t expansion, int64_t out, int64_t stride) {
  const auto layer = [&](int number) { return fmt::format("{}.conv.{}", name, number); };
  const int64_t wide = expansion * graph.shape(input)[0];
  std::string x =
      conv_norm_relu(graph, layer(0), layer(1), layer(2), input, {.out_channels = wide});
  x = conv_norm_relu(graph, layer(3), layer(4), layer(5), x, depthwise(wide, stride));
  x = conv_norm(graph, layer(6), layer(7), x, {.out_channels = out});
  return graph.shape(x) == graph.shape(input) ? graph.sum(name + ".add", input, x) : x;
}

// 1x1 in groups, shuffle, one window a channel, 1x1 in groups; what halves the image stands beside
// its mean.
std::string shuffle_unit(Graph& graph, const std::string& name, const std::string& result,
                         const std::string& input, int64_t out, bool halves) {
  constexpr int64_t groups = 3;
  const int64_t in = graph.shape(input)[0];
  const int64_t here = halves ? out - in : out;
  const int64_t middle = here / 4;
  const int64_t first_groups = in == 24 ? 1 : groups;
  std::string x = conv_norm_relu(graph, name + ".conv1", name + ".bn1", name + ".relu1", input,
                                 {.out_channels = middle, .groups = first_groups});
  x = graph.add("channel_shuffle", name + ".shuffle", x, {{"groups", first_groups}});
  x = conv_norm_relu(graph, name + ".conv2", name + ".bn2", name + ".relu2", x,
                     depthwise(middle, halves ? 2 : 1));
  x = conv_norm(graph, name + ".conv3", name + ".bn3", x, {.out_channels = here, .groups = groups});
  if (!halves) return graph.relu(result, graph.sum(name + ".add", x, input));
  const std::string mean =
      graph.average_pool(name + ".shortcut", input, {.kernel = 3, .stride = 2, .padding = 1});
  return graph.relu(result, graph.concat(name + ".concat", {x, mean}));
}

// Halves the image in two branches.
std::string down_unit(Graph& graph, const std::string& name, const std::string& input,
                      int64_t out) {
  const int64_t in = graph.shape(input)[0];
  const int64_t half = out / 2;
  const auto layer = [&](const char* kind, int number) {
    return fmt::format("{}.{}{}", name, kind, number);
  };
  const auto convolve = [&](int number, const std::string& from, const Conv& settings) {
    return conv_norm(graph, layer("conv", number), layer("bn", number), from, settings);
  };
  std::string left = convolve(1, input, depthwise(in, 2));
  left = graph.relu(layer("relu", 2), convolve(2, left, {.out_channels = half}));
  std::string right = graph.relu(layer("relu", 3), convolve(3, input, {.out_channels = half}));
  right = convolve(4, right, depthwise(half, 2));
  right = graph.relu(layer("relu", 5), convolve(5, right, {.out_channels = half}));
  return interleave(graph, name + ".shuffle", name + ".concat", left, right);
}

// Half of the channels pass by.
std::string split_unit(Graph& graph, const std::string& name, const std::string& result,
                       const std::string& input) {
  const int64_t channels = graph.shape(input)[0];
  const int64_t half = channels / 2;
  const std::string kept = graph.slice(name + ".split.0", input, 0, 0, half);
  std::string x = graph.slice(name + ".split.1", input, 0, half, channels);
  x = conv_norm_relu(graph, name + ".conv1", name + ".bn1", name + ".relu1", x,
                     {.out_channels = half});
  x = conv_norm(graph, name + ".conv2", name + ".bn2", x, depthwise(half, 1));
  x = conv_norm_relu(graph, name + ".conv3", name + ".bn3", name + ".relu3", x,
                     {.out_channels = half});
  return interleave(graph, result, name + ".concat", kept, x);
}

}  // namespace

Graph build_mobilenetv2_half(const Shape& input, int64_t classes) {
  constexpr struct {
    int64_t expansion, width, blocks, stride;
  } stages[] = {{1, 8, 1, 1},  {6, 12, 2, 1}, {6, 16, 3, 2}, {6, 32, 4, 2},
                {6, 48, 3, 1}, {6, 80, 3, 2}, {6, 160, 1, 1}};
  Graph graph(input);
  std::string x = conv_norm_relu(graph, "conv1.0", "conv1.1", "conv1.2", "input",
                                 {.out_channels = 16, .kernel = 3, .stride = 2, .padding = 1});
  int number = 0;
  for (const auto& [expansion, width, blocks, stride] : stages) {
    for (int64_t i = 0; i < blocks; ++i) {
      x = inverted_residual(graph, fmt::format("blocks.{}.{}", number, i), x, expansion, width,
                            i == 0 ? stride : 1);
    }
    ++number;
  }
  x = conv_norm_relu(graph, "conv2.0", "conv2.1", "conv2.2", x, {.out_channels = 1280});
  classify(graph, "classifier.0", x, classes, /*deviation=*/0.01);
  return graph;
}

Graph build_shufflenetv1(const Shape& input, int64_t classes) {
  constexpr struct {
    const char* name;
    int64_t width, units;
  } stages[] = {{"layer1", 240, 4}, {"layer2", 480, 8}, {"layer3", 960, 4}};
  Graph graph(input);
  std::string x = conv_norm_relu(graph, "conv1", "bn1", "relu", "input", {.out_channels = 24});
  for (const auto& [name, width, units] : stages) {
    for (int64_t i = 0; i < units; ++i) {
      const std::string unit = fmt::format("{}.{}", name, i);
      x = shuffle_unit(graph, unit, i + 1 == units ? name : unit + ".relu", x, width, i == 0);
    }
  }
  classify(graph, "linear", x, classes);
  return graph;
}

Graph build_shufflenetv2(const Shape& input, int64_t classes) {
  constexpr struct {
    const char* name;
    int64_t width, units;
  } stages[] = {{"layer1", 116, 3}, {"layer2", 232, 7}, {"layer3", 464, 3}};
  Graph graph(input);
  std::string x = conv_norm_relu(graph, "conv1", "bn1", "relu", "input", {.out_channels = 24});
  for (const auto& [name, width, units] : stages) {
    x = down_unit(graph, fmt::format("{}.0", name), x, width);
    for (int64_t i = 1; i <= units; ++i) {
      const std::string unit = fmt::format("{}.{}", name, i);
      x = split_unit(graph, unit, i == units ? name : unit + ".shuffle", x);
    }
  }
  x = conv_norm_relu(graph, "conv2", "bn2", "relu2", x, {.out_channels = 1024});
  classify(graph, "linear", x, classes);
  return graph;
}

}  // namespace retort
