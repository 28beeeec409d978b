#include "retort/model/zoo/resnet_cifar.hpp"

#include "retort/model/zoo/blocks.hpp"

namespace retort {

Graph build_cifar_resnet(const CifarResnet& network, const Shape& input, int64_t classes) {
  const int64_t blocks = (network.depth - 2) / 6;
  const int64_t* widths = network.widths;
  Graph graph(input);
  std::string x = conv_norm(graph, "conv1", "bn1", "input",
                            {.out_channels = widths[0], .kernel = 3, .padding = 1});
  x = graph.relu("relu", x);
  x = residual_stage(graph, {"layer1", blocks, widths[1], 1}, x);
  x = residual_stage(graph, {"layer2", blocks, widths[2], 2}, x);
  x = residual_stage(graph, {"layer3", blocks, widths[3], 2}, x);
  classify(graph, "fc", x, classes);
  return graph;
}

}  // namespace retort
