#include <fmt/format.h>

#include <algorithm>

#include "retort/model/zoo/blocks.hpp"
#include "retort/model/zoo/imagenet.hpp"

// MobileNets and ShuffleNets.
namespace retort {
namespace {

// "NAME.0" is the convolution, "NAME.1" the norm, "NAME.2" the activation: torchvision's layers.
std::string layer(Graph& graph, const std::string& name, const std::string& input,
                  const Conv& settings, const std::string& activation, const Norm& norm = {}) {
  const std::string x = conv_norm(graph, name + ".0", name + ".1", input, settings, norm);
  return activation.empty() ? x : graph.add(activation, name + ".2", x);
}

// Every channel for itself.
Conv depthwise(int64_t channels, int64_t kernel, int64_t stride) {
  return {.out_channels = channels,
          .kernel = kernel,
          .stride = stride,
          .padding = kernel / 2,
          .groups = channels};
}

std::string inverted_residual(Graph& graph, const std::string& name, const std::string& input,
                              int64_t expansion, int64_t out, int64_t stride) {
  const int64_t wide = expansion * graph.shape(input)[0];
  int number = 0;
  const auto next = [&] { return fmt::format("{}.conv.{}", name, number++); };
  std::string x = input;
  if (expansion > 1) x = layer(graph, next(), x, {.out_channels = wide}, "relu6");
  x = layer(graph, next(), x, depthwise(wide, 3, stride), "relu6");
  const std::string project = next();
  x = conv_norm(graph, project, next(), x, {.out_channels = out});
  return graph.shape(x) == graph.shape(input) ? graph.sum(name + ".add", input, x) : x;
}

// Squeeze and excite (Hu et al. 2018): every channel times a gate that all channels' means decide.
std::string gated(Graph& graph, const std::string& name, const std::string& input) {
  const int64_t channels = graph.shape(input)[0];
  // A quarter of the channels, as a multiple of 8 and no more than a tenth below it.
  const int64_t quarter = channels / 4;
  int64_t squeezed = std::max<int64_t>(8, (quarter + 4) / 8 * 8);
  if (10 * squeezed < 9 * quarter) squeezed += 8;
  std::string x = graph.add("global_average_pool", name + ".avgpool", input);
  x = graph.conv(name + ".fc1", x, {.out_channels = squeezed, .bias = true});
  x = graph.conv(name + ".fc2", graph.relu(name + ".activation", x),
                 {.out_channels = channels, .bias = true});
  return graph.product(name, input, graph.add("hard_sigmoid", name + ".scale_activation", x));
}

constexpr Norm v3_norm{.epsilon = 1e-3, .momentum = 0.01};  // of MobileNetV3

struct Bottleneck {
  int64_t kernel, wide, out;
  bool gate;
  const char* activation;
  int64_t stride;
};

std::string bottleneck(Graph& graph, const std::string& name, const std::string& input,
                       const Bottleneck& settings) {
  int number = 0;
  const auto next = [&] { return fmt::format("{}.block.{}", name, number++); };
  const auto& [kernel, wide, out, gate, activation, stride] = settings;
  std::string x = input;
  if (graph.shape(input)[0] != wide) {
    x = layer(graph, next(), x, {.out_channels = wide}, activation, v3_norm);
  }
  x = layer(graph, next(), x, depthwise(wide, kernel, stride), activation, v3_norm);
  if (gate) x = gated(graph, next(), x);
  x = layer(graph, next(), x, {.out_channels = out}, "", v3_norm);
  return graph.shape(x) == graph.shape(input) ? graph.sum(name + ".add", input, x) : x;
}

// A branch of a ShuffleNetV2 unit: layers are numbered through.
class Branch {
 public:
  Branch(Graph& graph, std::string name, std::string input)
      : graph_(graph), name_(std::move(name)), value_(std::move(input)) {}

  Branch& conv_norm(const Conv& settings) {
    const std::string conv = next();
    value_ = retort::conv_norm(graph_, conv, next(), value_, settings);
    return *this;
  }
  Branch& relu() {
    value_ = graph_.relu(next(), value_);
    return *this;
  }
  const std::string& value() const { return value_; }

 private:
  std::string next() { return fmt::format("{}.{}", name_, number_++); }

  Graph& graph_;
  std::string name_;
  std::string value_;
  int number_ = 0;
};

std::string shuffle_unit(Graph& graph, const std::string& name, const std::string& result,
                         const std::string& input, int64_t out, bool halves) {
  const int64_t in = graph.shape(input)[0];
  const int64_t half = out / 2;
  std::string left, right = input;
  if (halves) {
    Branch branch(graph, name + ".branch1", input);
    left = branch.conv_norm(depthwise(in, 3, 2)).conv_norm({.out_channels = half}).relu().value();
  } else {
    left = graph.slice(name + ".split.0", input, 0, 0, half);
    right = graph.slice(name + ".split.1", input, 0, half, in);
  }
  Branch branch(graph, name + ".branch2", right);
  branch.conv_norm({.out_channels = half}).relu().conv_norm(depthwise(half, 3, halves ? 2 : 1));
  branch.conv_norm({.out_channels = half}).relu();
  return interleave(graph, result, name + ".concat", left, branch.value());
}

}  // namespace

Graph build_mobilenet_v2(const Shape& input, int64_t classes) {
  constexpr struct {
    int64_t expansion, width, blocks, stride;
  } stages[] = {{1, 16, 1, 1}, {6, 24, 2, 2},  {6, 32, 3, 2}, {6, 64, 4, 2},
                {6, 96, 3, 1}, {6, 160, 3, 2}, {6, 320, 1, 1}};
  Graph graph(input);
  int number = 0;
  const auto next = [&] { return fmt::format("features.{}", number++); };
  std::string x = layer(graph, next(), "input",
                        {.out_channels = 32, .kernel = 3, .stride = 2, .padding = 1}, "relu6");
  for (const auto& [expansion, width, blocks, stride] : stages) {
    for (int64_t i = 0; i < blocks; ++i) {
      x = inverted_residual(graph, next(), x, expansion, width, i == 0 ? stride : 1);
    }
  }
  x = layer(graph, next(), x, {.out_channels = 1280}, "relu6");
  x = graph.flatten("flatten", graph.add("global_average_pool", "avgpool", x));
  graph.linear("classifier.1", graph.dropout("classifier.0", x, 0.2), classes, /*bias=*/true,
               /*deviation=*/0.01);
  return graph;
}

Graph build_mobilenet_v3_small(const Shape& input, int64_t classes) {
  constexpr Bottleneck blocks[] = {
      {3, 16, 16, true, "relu", 2},        {3, 72, 24, false, "relu", 2},
      {3, 88, 24, false, "relu", 1},       {5, 96, 40, true, "hard_swish", 2},
      {5, 240, 40, true, "hard_swish", 1}, {5, 240, 40, true, "hard_swish", 1},
      {5, 120, 48, true, "hard_swish", 1}, {5, 144, 48, true, "hard_swish", 1},
      {5, 288, 96, true, "hard_swish", 2}, {5, 576, 96, true, "hard_swish", 1},
      {5, 576, 96, true, "hard_swish", 1}};
  Graph graph(input);
  int number = 0;
  const auto next = [&] { return fmt::format("features.{}", number++); };
  std::string x =
      layer(graph, next(), "input", {.out_channels = 16, .kernel = 3, .stride = 2, .padding = 1},
            "hard_swish", v3_norm);
  for (const Bottleneck& settings : blocks) x = bottleneck(graph, next(), x, settings);
  x = layer(graph, next(), x, {.out_channels = 576}, "hard_swish", v3_norm);
  x = graph.flatten("flatten", graph.add("global_average_pool", "avgpool", x));
  constexpr double deviation = 0.01;
  x = graph.linear("classifier.0", x, 1024, /*bias=*/true, deviation);
  x = graph.dropout("classifier.2", graph.add("hard_swish", "classifier.1", x), 0.2);
  graph.linear("classifier.3", x, classes, /*bias=*/true, deviation);
  return graph;
}

Graph build_shufflenet_v2_x1_0(const Shape& input, int64_t classes) {
  constexpr struct {
    const char* name;
    int64_t width, units;
  } stages[] = {{"stage2", 116, 4}, {"stage3", 232, 8}, {"stage4", 464, 4}};
  Graph graph(input);
  std::string x = layer(graph, "conv1", "input",
                        {.out_channels = 24, .kernel = 3, .stride = 2, .padding = 1}, "relu");
  x = graph.max_pool("maxpool", x, {.kernel = 3, .stride = 2, .padding = 1});
  for (const auto& [name, width, units] : stages) {
    for (int64_t i = 0; i < units; ++i) {
      const std::string unit = fmt::format("{}.{}", name, i);
      x = shuffle_unit(graph, unit, i + 1 == units ? name : unit + ".shuffle", x, width, i == 0);
    }
  }
  x = layer(graph, "conv5", x, {.out_channels = 1024}, "relu");
  classify(graph, "fc", x, classes);
  return graph;
}

}  // namespace retort
