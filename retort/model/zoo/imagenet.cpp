#include "retort/model/zoo/imagenet.hpp"

#include <fmt/format.h>

#include "retort/model/zoo/blocks.hpp"

namespace retort {

Graph build_resnet(const Resnet& network, const Shape& input, int64_t classes) {
  constexpr int64_t widths[] = {64, 128, 256, 512};
  Graph graph(input);
  std::string x = conv_norm(graph, "conv1", "bn1", "input",
                            {.out_channels = 64, .kernel = 7, .stride = 2, .padding = 3});
  x = graph.max_pool("maxpool", graph.relu("relu", x), {.kernel = 3, .stride = 2, .padding = 1});
  for (int i = 0; i < 4; ++i) {
    x = residual_stage(graph,
                       {.name = fmt::format("layer{}", i + 1),
                        .blocks = network.blocks[i],
                        .width = widths[i],
                        .stride = i == 0 ? 1 : 2,
                        .bottleneck = network.bottleneck},
                       x);
  }
  classify(graph, "fc", x, classes);
  return graph;
}

// Numbers of the layers in torchvision's list run through convolutions, relus and pools alike.
Graph build_vgg16(const Shape& input, int64_t classes) {
  constexpr int64_t widths[] = {64, 64,  0,   128, 128, 0,   256, 256, 256,
                                0,  512, 512, 512, 0,   512, 512, 512, 0};  // 0: a pool
  Graph graph(input);
  std::string x = "input";
  int number = 0;
  const auto next = [&] { return fmt::format("features.{}", number++); };
  for (const int64_t width : widths) {
    if (width == 0) {
      x = graph.max_pool(next(), x, {.kernel = 2, .stride = 2});
      continue;
    }
    x = graph.conv(next(), x, {.out_channels = width, .kernel = 3, .padding = 1, .bias = true});
    x = graph.relu(next(), x);
  }
  x = graph.add("adaptive_average_pool", "avgpool", x, {{"size", std::vector<int64_t>{7, 7}}});
  constexpr double deviation = 0.01;
  x = graph.linear("classifier.0", graph.flatten("flatten", x), 4096, /*bias=*/true, deviation);
  x = graph.dropout("classifier.2", graph.relu("classifier.1", x), 0.5);
  x = graph.linear("classifier.3", x, 4096, /*bias=*/true, deviation);
  x = graph.dropout("classifier.5", graph.relu("classifier.4", x), 0.5);
  graph.linear("classifier.6", x, classes, /*bias=*/true, deviation);
  return graph;
}

namespace {

std::string fire(Graph& graph, const std::string& name, const std::string& input, int64_t squeeze,
                 int64_t expand) {
  const auto layer = [&](const std::string& part, const std::string& from, const Conv& settings) {
    const std::string conv = name + "." + part;
    return graph.relu(conv + "_activation", graph.conv(conv, from, settings));
  };
  const std::string x = layer("squeeze", input, {.out_channels = squeeze, .bias = true});
  const std::string one = layer("expand1x1", x, {.out_channels = expand, .bias = true});
  const std::string three =
      layer("expand3x3", x, {.out_channels = expand, .kernel = 3, .padding = 1, .bias = true});
  return graph.concat(name, {one, three});
}

}  // namespace

Graph build_squeezenet1_1(const Shape& input, int64_t classes) {
  constexpr struct {
    int64_t squeeze, expand;  // 0: a pool
  } parts[] = {{0, 0}, {16, 64},  {16, 64},  {0, 0},    {32, 128}, {32, 128},
               {0, 0}, {48, 192}, {48, 192}, {64, 256}, {64, 256}};
  Graph graph(input);
  std::string x = graph.conv("features.0", "input",
                             {.out_channels = 64, .kernel = 3, .stride = 2, .bias = true});
  x = graph.relu("features.1", x);
  int number = 2;
  for (const auto& [squeeze, expand] : parts) {
    const std::string name = fmt::format("features.{}", number++);
    x = squeeze == 0 ? graph.max_pool(name, x, {.kernel = 3, .stride = 2, .ceil_mode = true})
                     : fire(graph, name, x, squeeze, expand);
  }
  x = graph.dropout("classifier.0", x, 0.5);
  x = graph.conv("classifier.1", x, {.out_channels = classes, .bias = true, .deviation = 0.01});
  x = graph.add("global_average_pool", "classifier.3", graph.relu("classifier.2", x));
  graph.flatten("flatten", x);
  return graph;
}

}  // namespace retort
